using System.Text;
using MvStore.Tool.Git;
using MvStore.Tool.Layout;

namespace MvStore.Tool.Tests.Layout;

public class CommitRecordTests
{
    [Fact]
    public void A_record_is_text_that_reads_back()
    {
        var value = CommitRecord.Encode(Commit("1700000000 -0130", "A: b\tc"));

        Encoding.UTF8.GetString(value).Should().Be("commit abcdef0123456789\nauthor Ada <ada@example.org>\ntime 1700000000 -0130\n\nA: b\tc");
        var record = CommitRecord.Decode(value);
        record.Id.Should().Be("abcdef0123456789");
        record.ShortId.Should().Be("abcdef0123");
        record.Author.Should().Be("Ada <ada@example.org>");
        record.Subject.Should().Be("A: b\tc");
        record.Time.Should().Be(new DateTimeOffset(2023, 11, 14, 20, 43, 20, new TimeSpan(-1, -30, 0)));
        record.Time!.Value.Offset.Should().Be(new TimeSpan(-1, -30, 0));
    }

    [Theory]
    [InlineData("99999999999999999 +0000")]
    [InlineData("1700000000 +9900")]
    [InlineData("1700000000")]
    [InlineData("")]
    public void A_time_that_makes_no_sense_is_unknown(string time)
        => CommitRecord.Decode(CommitRecord.Encode(Commit(time, "x"))).Time.Should().BeNull();

    [Fact]
    public void Bytes_that_are_no_record_are_refused()
        => FluentActions.Invoking(() => CommitRecord.Decode("something"u8)).Should().Throw<ToolException>()
            .Which.ExitCode.Should().Be(ExitCode.Store);

    private static GitCommit Commit(string time, string subject)
        => new("abcdef0123456789", time, "Ada"u8.ToArray(), "ada@example.org"u8.ToArray(), Encoding.UTF8.GetBytes(subject));
}
