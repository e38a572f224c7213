using System.Text.Json;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class ChangesCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Store => _directory.Combine("shop.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Each_commit_is_told_in_the_order_of_publication()
    {
        await MakeAsync();

        var lines = (await RunAsync(ExitCode.Ok, "changes", Store)).Lines;
        lines.Where(static l => !l.StartsWith(' ')).Select(static l => l[..l.IndexOf(", position ", StringComparison.Ordinal)]).Should().Equal(
            "version 10, publication 1", "version 20, publication 2", "version 15, publication 4");
        lines.Where(static l => l.StartsWith(' ')).Should().Equal("  set     a  1 bytes", "  set     \"b\\n\"  0 bytes", "  set     a  2 bytes", "  remove  \"b\\n\"", "  set     c  1 bytes");

        (await RunAsync(ExitCode.Ok, "changes", "--old", "--store", Store)).Lines.Should().Contain("  set     a  2 bytes  before: 1 bytes").And.Contain("  remove  \"b\\n\"  before: 0 bytes");
        (await RunAsync(ExitCode.Ok, "changes", Store, "--last", "2")).Lines.Count(static l => !l.StartsWith(' ')).Should().Be(2);
        (await RunAsync(ExitCode.Ok, "changes", Store, "--from", "15")).Lines[0].Should().StartWith("version 20,");
        (await RunAsync(ExitCode.Ok, "changes", Store, "--from", "21")).Lines.Should().BeEmpty();
    }

    [Fact]
    public async Task Each_line_is_a_document_whose_position_can_be_given_again()
    {
        await MakeAsync();

        var lines = (await RunAsync(ExitCode.Ok, "changes", Store, "--json", "--values", "--old")).Lines;
        lines.Should().HaveCount(3);
        using var second = JsonDocument.Parse(lines[1]);
        second.RootElement.GetProperty("version").GetInt32().Should().Be(20);
        second.RootElement.GetProperty("sequence").GetInt32().Should().Be(2);
        var changes = second.RootElement.GetProperty("changes");
        changes[0].GetProperty("kind").GetString().Should().Be("set");
        changes[0].GetProperty("keyBase64").GetBytesFromBase64().Should().Equal("a"u8.ToArray());
        changes[0].GetProperty("valueBase64").GetBytesFromBase64().Should().Equal("22"u8.ToArray());
        changes[0].GetProperty("oldValueBase64").GetBytesFromBase64().Should().Equal("1"u8.ToArray());
        changes[1].GetProperty("kind").GetString().Should().Be("remove");
        changes[1].TryGetProperty("valueBase64", out _).Should().BeFalse();
        changes[1].GetProperty("oldValueBase64").GetBytesFromBase64().Should().BeEmpty();

        var position = second.RootElement.GetProperty("position").GetString()!;
        var rest = (await RunAsync(ExitCode.Ok, "changes", Store, "--json", "--after", position)).Lines;
        using var last = JsonDocument.Parse(rest.Should().ContainSingle().Subject);
        last.RootElement.GetProperty("version").GetInt32().Should().Be(15);
        last.RootElement.GetProperty("changes")[0].TryGetProperty("valueBase64", out _).Should().BeFalse("values were not asked for");
    }

    [Fact]
    public async Task What_is_not_kept_and_what_is_of_another_store_is_refused()
    {
        await MakeAsync();
        await RunAsync(ExitCode.Negative, "changes", Store, "--after", "00000000000000ff-1");
        (await RunAsync(ExitCode.Ok, "gc", "--keep", "0", "--store", Store)).Text.Should().NotBeEmpty();
        await RunAsync(ExitCode.Negative, "changes", Store, "--after", ChangePosition.Beginning.ToString());
        (await RunAsync(ExitCode.Ok, "changes", Store)).Lines.Should().BeEmpty("the oldest that is kept is behind all there is");
        await RunAsync(ExitCode.Store, "changes", _directory.Combine("none.db"));
    }

    /// <summary>Two commits, one without changes, and a late one.</summary>
    private async Task MakeAsync()
    {
        await using var store = await new MvStoreBuilder().UseSqlite(Store).OpenAsync();
        await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8).Set("b\n"u8, ""u8), 10);
        await store.CommitAsync(new WriteBatch().Set("a"u8, "22"u8).Remove("b\n"u8), 20);
        await store.CommitAsync(new WriteBatch(), 30);
        await store.CommitAsync(new WriteBatch().Set("c"u8, "3"u8), 15);
    }

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args) => (await InProcess.RunAsync(_directory.Path, args)).Expect(code);
}
