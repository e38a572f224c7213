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
        text.Should().StartWith("Format 1.").And.Contain("publication").And.NotContain("secret");
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "log", "dump", LogDirectory, "--json")).Text);
        var commits = json.RootElement.GetProperty("commits");
        json.RootElement.GetProperty("format").GetInt32().Should().Be(1);
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
        json.RootElement.GetProperty("format").GetInt32().Should().Be(1);
    }

    [Fact]
    public async Task What_only_the_log_has_is_told_read_and_backed_up()
    {
        await LeaveUnclosedAsync(Path.Combine(_directory.Path, "left.db"));

        using (var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "verify", "left.db", "--json")).Text))
        {
            json.RootElement.GetProperty("logCommits").GetInt32().Should().Be(2);
        }

        (await RunAsync(ExitCode.Ok, "verify", "left.db")).Text.Should().Contain("in the commit log only");
        (await RunAsync(ExitCode.Ok, "log", "verify", "--store", "left.db")).Text.Should().Contain("0 to 2");
        await RunAsync(ExitCode.Ok, "backup", "copy.db", "--store", "left.db");

        await using var copy = await new MvStoreBuilder().UseSqlite(Path.Combine(_directory.Path, "copy.db")).OpenAsync();
        copy.VisibleVersion.Should().Be((CommitVersion)7);
        (await copy.GetAsync("kept"u8, CommitVersion.Latest))!.Value.Version.Should().Be((CommitVersion)5);
    }

    [Fact]
    public async Task A_store_without_the_log_it_needs_is_damaged_and_no_backup()
    {
        await LeaveUnclosedAsync(Path.Combine(_directory.Path, "left.db"));
        Directory.Delete(Path.Combine(_directory.Path, "left.db-log"), recursive: true);

        (await RunAsync(ExitCode.Negative, "verify", "left.db")).Error.Should().Contain("commit log");
        (await RunAsync(ExitCode.Store, "backup", "copy.db", "--store", "left.db")).Error.Should().Contain("CommitLog.Directory");
        (await RunAsync(ExitCode.Store, "restore", "left.db", "--store", "copy.db")).Error.Should().Contain("not a backup");
        Directory.Exists(Path.Combine(_directory.Path, "left.db-log")).Should().BeFalse("nothing was made in its place");
    }

    [Fact]
    public async Task A_log_that_was_never_used_is_listed_as_that()
    {
        Directory.CreateDirectory(LogDirectory);

        (await RunAsync(ExitCode.Ok, "log", "dump", LogDirectory)).Text.Should().StartWith("The log was never used.");
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "log", "dump", LogDirectory, "--json")).Text);
        json.RootElement.GetProperty("format").GetInt32().Should().Be(0);
        json.RootElement.GetProperty("commits").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_log_of_a_newer_format_is_refused_by_its_number()
    {
        await LeaveUnclosedAsync(Path.Combine(_directory.Path, "left.db"));
        var log = Path.Combine(_directory.Path, "left.db-log");
        foreach (var segment in Directory.GetFiles(log, "*.mvlog"))
        {
            using var file = File.OpenHandle(segment, access: FileAccess.Write);
            RandomAccess.Write(file, [7], 8);
        }

        (await RunAsync(ExitCode.Store, "log", "dump", log)).Error.Should().Contain("format 7");
    }

    [Fact]
    public async Task A_log_that_is_not_there_is_an_error()
        => (await RunAsync(ExitCode.Store, "log", "verify", LogDirectory)).Error.Should().Contain("no commit log");

    private async Task<IMultiVersionStore> OpenWithTwoCommitsAsync()
    {
        var store = await new MvStoreBuilder()
            .Configure(o => o.CommitLog.Directory = LogDirectory)
            .Configure(o => o.CommitLog.FlushAge = Timeout.InfiniteTimeSpan)
            .UsePersistentTier(new SqliteTier(new SqliteTierOptions(Path.Combine(_directory.Path, "store.db"))))
            .OpenAsync();
        await store.CommitAsync(new WriteBatch().Set("secret"u8, "secret"u8), 5);
        await store.CommitAsync(new WriteBatch().Remove("secret"u8), 7, Durability.Durable);
        return store;
    }

    /// <summary>Leaves a store as a killed process would.</summary>
    private static async Task LeaveUnclosedAsync(string path)
    {
        var used = path + ".used";
        await using var store = await new MvStoreBuilder().Configure(o => o.CommitLog.FlushAge = Timeout.InfiniteTimeSpan).UseSqlite(used).OpenAsync();
        await store.CommitAsync(new WriteBatch().Set("kept"u8, "1"u8), 5);
        await store.CommitAsync(new WriteBatch().Remove("other"u8), 7, Durability.Durable);
        Directory.CreateDirectory(path + "-log");
        foreach (var file in Directory.GetFiles(used + "-log").Where(f => Path.GetFileName(f) != "lock"))
        {
            File.Copy(file, Path.Combine(path + "-log", Path.GetFileName(file)));
        }

        foreach (var suffix in (string[])["", "-wal"])
        {
            File.Copy(used + suffix, path + suffix);
        }
    }

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_directory.Path, args)).Expect(code);
}
