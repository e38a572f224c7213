using System.Text.Json;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class RollbackCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Store => _directory.Combine("shop.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_dry_run_predicts_and_writes_nothing()
    {
        await MakeAsync();
        var before = await StoreDump.DigestAsync(Store);

        (await RunAsync(ExitCode.Ok, "rollback", Store, "--to", "1", "--dry-run")).Text
            .Should().MatchRegex("would be set +2 keys").And.MatchRegex("would be removed +1 keys").And.NotContain("refused");
        using var predicted = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "rollback", Store, "--to", "1", "--dry-run", "--json")).Text);
        (await StoreDump.DigestAsync(Store)).Should().Be(before);

        using var done = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "rollback", "--store", Store, "--to", "1", "--json")).Text);
        foreach (var figure in (string[])["store", "to", "version", "setKeys", "removedKeys", "bytes"])
        {
            done.RootElement.GetProperty(figure).GetRawText().Should().Be(predicted.RootElement.GetProperty(figure).GetRawText());
        }

        predicted.RootElement.GetProperty("dryRun").GetBoolean().Should().BeTrue();
        done.RootElement.GetProperty("dryRun").GetBoolean().Should().BeFalse();
        done.RootElement.GetProperty("version").GetInt32().Should().Be(4);
        (await ReadAsync(4)).Should().Equal("a=1", "b=1", "c/1=1", "odd=1");
        (await ReadAsync(3)).Should().Equal("a=2", "c/1=1", "c/2=3", "odd=1");

        // And back.
        (await RunAsync(ExitCode.Ok, "rollback", Store, "--to", "3")).Text.Should().MatchRegex("restored as version +5");
        (await ReadAsync(5)).Should().Equal("a=2", "c/1=1", "c/2=3", "odd=1");
        await RunAsync(ExitCode.Ok, "verify", Store);
    }

    [Theory]
    [InlineData("a=1 c/1=1 c/2=3 odd=1", "--until", "b")]
    [InlineData("a=2 b=1 c/1=1 odd=1", "--from", "b")]
    [InlineData("a=2 b=1 c/1=1 c/2=3 odd=1", "--from", "b", "--until", "c")]
    [InlineData("a=2 c/1=1 odd=1", "--prefix", "c/")]
    [InlineData("a=2 c/1=1 odd=1", "--prefix", "Yy8=", "--base64-keys")]
    [InlineData("a=2 c/1=1 c/2=3 odd=1", "--prefix", "none")]
    public async Task Only_the_keys_that_are_named_are_rolled_back(string expected, params string[] keys)
    {
        await MakeAsync();
        await RunAsync(ExitCode.Ok, ["rollback", Store, "--to", "1", .. keys]);
        string.Join(' ', await ReadAsync(4)).Should().Be(expected);
    }

    [Fact]
    public async Task What_cannot_be_done_is_a_sentence()
    {
        await MakeAsync();
        (await RunAsync(ExitCode.Negative, "rollback", Store, "--to", "4")).Error.Should().Contain("no version 4").And.Contain("3");
        (await RunAsync(ExitCode.Usage, "rollback", Store)).Error.Should().Contain("--to");
        (await RunAsync(ExitCode.Usage, "rollback", Store, "--to", "1", "--prefix", "a", "--until", "b")).Error.Should().Contain("--prefix");
        (await RunAsync(ExitCode.Usage, "rollback", Store, "--to", "1", "--from", "%%", "--base64-keys")).Error.Should().Contain("base64");
        (await RunAsync(ExitCode.Store, "rollback", _directory.Combine("none.db"), "--to", "1")).Error.Should().Contain("no store");
        (await RunAsync(ExitCode.Ok, "rollback", "--help")).Text.Should().Contain("Examples:");

        await RunAsync(ExitCode.Ok, "gc", "--keep", "1", "--store", Store);
        (await RunAsync(ExitCode.Store, "rollback", Store, "--to", "1")).Error.Should().Contain("floor is 2");
        (await RunAsync(ExitCode.Ok, "rollback", Store, "--to", "2")).Text.Should().MatchRegex("set +0 keys");
    }

    /// <summary>Three versions: one key changed, one deleted, one made, two the same.</summary>
    private async Task MakeAsync()
    {
        await using var store = await new MvStoreBuilder().UseSqlite(Store).OpenAsync();
        await store.CommitAsync(new WriteBatch().Set("a"u8, "1"u8).Set("b"u8, "1"u8).Set("c/1"u8, "1"u8).Set("odd"u8, "1"u8), 1);
        await store.CommitAsync(new WriteBatch().Set("a"u8, "2"u8).Remove("b"u8), 2);
        await store.CommitAsync(new WriteBatch().Set("c/2"u8, "3"u8), 3);
    }

    private async Task<string[]> ReadAsync(CommitVersion at)
    {
        await using var store = await StoreDump.OpenAsync(Store);
        var rows = new List<string>();
        await foreach (var row in store.ScanAsync(KeyRange.All, ReadScope.AsOf(at)))
        {
            rows.Add($"{System.Text.Encoding.UTF8.GetString(row.Key.Span)}={System.Text.Encoding.UTF8.GetString(row.Value.Span)}");
        }

        return [.. rows];
    }

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args) => (await InProcess.RunAsync(_directory.Path, args)).Expect(code);
}
