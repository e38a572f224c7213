using System.Text;
using Microsoft.Extensions.Time.Testing;
using MvStore.Sqlite;
using MvStore.Tool.Git;
using MvStore.Tool.Layout;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

/// <summary>A store whose three versions are five years apart, so that it does not matter how finely old times are known: asked by time.</summary>
public sealed class TimeCommandTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset Opened = new(2010, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    private string Store => _directory.Combine("times.db");

    public async Task InitializeAsync()
    {
        for (var version = 1; version <= 3; version++)
        {
            var clock = new FakeTimeProvider(Opened.AddYears(5 * (version - 1)));
            await using var store = await new MvStoreBuilder().UseSqlite(Store).UseTimeProvider(clock).OpenAsync();
            clock.Advance(TimeSpan.FromHours(1));
            var commit = new GitCommit(new string('a', 40), "0 +0000", "Ada"u8.ToArray(), "ada@example.org"u8.ToArray(), Encoding.ASCII.GetBytes($"subject {version}"));
            await store.CommitAsync(
                new WriteBatch().Set(KeyLayout.File("a"u8), Encoding.ASCII.GetBytes($"{version}")).Set(KeyLayout.File([(byte)('b' + version)]), "x"u8)
                    .Set(KeyLayout.Commit((ulong)version), CommitRecord.Encode(commit)),
                (ulong)version,
                Durability.Durable);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("2012-01-01T00:00:00Z", "1")]
    [InlineData("2012-01-01", "1")]
    [InlineData("2017-06-01 12:00:00+02:00", "2")]
    [InlineData("2020-06-01T00:00Z", "3")]
    [InlineData("9000-01-01Z", "3")]
    public async Task Get_reads_what_the_store_had_at_a_time(string at, string content)
        => (await RunAsync(ExitCode.Ok, "get", "a", "--at", at)).Text.Should().Be(content);

    [Fact]
    public async Task Scan_history_and_diff_take_times_too()
    {
        (await RunAsync(ExitCode.Ok, "scan", "--at", "2017-01-01Z")).Lines.Select(static l => l.Split(' ')[^1]).Should().Equal("a", "c", "d");
        (await RunAsync(ExitCode.Ok, "history", "a", "--at", "2017-01-01Z")).Lines.Skip(1).Select(static l => l.Split(' ')[0]).Should().Equal("2", "1");
        (await RunAsync(ExitCode.Ok, "history", "a", "--at", "1")).Lines.Skip(1).Select(static l => l.Split(' ')[0]).Should().Equal("1");
        (await RunAsync(ExitCode.Ok, "history", "a")).Lines.Should().HaveCount(4);
        (await RunAsync(ExitCode.Ok, "diff", "2012-01-01Z", "2017-01-01Z")).Lines.Should().Equal("M  a", "A  d");
        (await RunAsync(ExitCode.Ok, "diff", "3", "2012-01-01Z")).Lines.Should().Equal("M  a", "D  d", "D  e");
    }

    [Theory]
    [InlineData("get", "a", "--at", "2009-12-31Z")]
    [InlineData("scan", "--at", "2009-12-31Z")]
    [InlineData("history", "a", "--at", "2009-12-31Z")]
    [InlineData("diff", "2009-12-31Z", "1")]
    public async Task A_time_before_the_store_knew_any_is_told_readably(params string[] args)
        => (await RunAsync(ExitCode.Negative, args)).Error
            .Should().Be("mvstore: What the store held at 2009-12-31 00:00:00 +0000 is not known: times are known from 2010-01-01 00:00:00 +0000 on. Ask for a version instead.\n");

    [Fact]
    public async Task A_time_at_which_the_store_was_empty_says_so()
        => (await RunAsync(ExitCode.Negative, "get", "a", "--at", "2010-01-01T00:30Z")).Error.Should().Be("mvstore: At 2010-01-01 00:30:00 +0000 the store was empty.\n");

    [Fact]
    public async Task A_path_that_came_later_did_not_exist_up_to_there()
        => (await RunAsync(ExitCode.Negative, "history", "e", "--at", "2012-01-01Z")).Error.Should().Contain("did not exist up to version 1");

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_directory.Path, [.. args, "--store", Store])).Expect(code);
}
