using System.Text.Json;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class LogCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string LogDirectory => Path.Combine(_directory.Path, "log");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_log_is_listed_without_keys_and_values()
    {
        await using var store = await OpenWithTwoCommitsAsync();

        var text = (await RunAsync(ExitCode.Ok, "log", "dump", LogDirectory)).Text;
        text.Should().Contain("publication").And.NotContain("secret");
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "log", "dump", LogDirectory, "--json")).Text);
        var commits = json.RootElement.GetProperty("commits");
        commits.GetArrayLength().Should().Be(2);
        commits[1].GetProperty("version").GetInt32().Should().Be(7);
        commits[1].GetProperty("tombstones").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task A_sound_log_verifies_and_a_damaged_one_does_not()
    {
        await using var store = await OpenWithTwoCommitsAsync();
        (await RunAsync(ExitCode.Ok, "log", "verify", LogDirectory)).Text.Should().StartWith("Sound").And.Contain("0 to 2");

        var copy = Path.Combine(_directory.Path, "copy");
        Directory.CreateDirectory(copy);
        foreach (var name in (string[])["00000001.mvlog", "mark"])
        {
            File.Copy(Path.Combine(LogDirectory, name), Path.Combine(copy, name));
        }

        using (var file = File.OpenHandle(Path.Combine(copy, "00000001.mvlog"), access: FileAccess.Write))
        {
            RandomAccess.Write(file, "x"u8, 4_200);
        }

        (await RunAsync(ExitCode.Negative, "log", "verify", copy)).Text.Should().StartWith("DAMAGED");
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Negative, "log", "verify", copy, "--json")).Text);
        json.RootElement.GetProperty("sound").GetBoolean().Should().BeFalse();
        json.RootElement.GetProperty("syncedSequence").GetInt32().Should().Be(2);
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_an_error()
        => (await RunAsync(ExitCode.Store, "log", "verify", LogDirectory)).Error.Should().Contain("no commit log");

    private async Task<IMultiVersionStore> OpenWithTwoCommitsAsync()
    {
        var store = await new MvStoreBuilder()
            .Configure(o => o.CommitLog.Directory = LogDirectory)
            .Configure(o => o.Flush.MaxAge = Timeout.InfiniteTimeSpan)
            .UsePersistentTier(new SqliteTier(new SqliteTierOptions(Path.Combine(_directory.Path, "store.db"))))
            .OpenAsync();
        await store.CommitAsync(new WriteBatch().Set("secret"u8, "secret"u8), 5);
        await store.CommitAsync(new WriteBatch().Remove("secret"u8), 7, Durability.Durable);
        return store;
    }

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_directory.Path, args)).Expect(code);
}
