using System.Text.Json;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

/// <summary>Watches the process the tests run in.</summary>
public sealed class TopCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_stores_of_a_process_are_read_by_its_id()
    {
        await using var store = await OpenAsync("watched");
        await store.CommitAsync(new WriteBatch().Set("secret"u8, "secret"u8), 1);
        await store.CommitAsync(new WriteBatch().Set("secret"u8, "secret"u8), 2);

        var text = (await RunAsync(ExitCode.Ok, "top", $"{Environment.ProcessId}", "--count", "1", "--json")).Text;

        text.Should().NotContain("secret");
        using var json = JsonDocument.Parse(text);
        json.RootElement.GetProperty("process").GetInt32().Should().Be(Environment.ProcessId);
        var instruments = json.RootElement.GetProperty("readings")[0].GetProperty("stores").EnumerateArray()
            .Single(static s => s.GetProperty("name").GetString() == "watched")
            .GetProperty("instruments").EnumerateArray().ToList();
        var commits = instruments.Single(static i => i.GetProperty("name").GetString() == "mvstore.commits");
        commits.GetProperty("value").GetDouble().Should().Be(2);
        (commits.TryGetProperty("perSecond", out var rate) ? rate.GetDouble() : 0).Should().Be(0, "nothing was committed meanwhile");
        commits.GetProperty("unit").GetString().Should().Be("{commit}");
        instruments.Should().Contain(static i => i.GetProperty("name").GetString() == "mvstore.memory.limit");
    }

    [Fact]
    public async Task The_process_that_has_a_store_open_is_found_and_shown()
    {
        await using var store = await OpenAsync("shown");

        if (!OperatingSystem.IsLinux())
        {
            (await RunAsync(ExitCode.Negative, "top", "--store", "shown.db")).Error.Should().Contain("mvstore top 1234");
            return;
        }

        var lines = (await RunAsync(ExitCode.Ok, "top", "--store", "shown.db", "--count", "1")).Lines;

        lines.Should().Contain($"shown in process {Environment.ProcessId}");
        lines.Should().Contain(static l => l.StartsWith("instrument ", StringComparison.Ordinal));
        lines.Should().Contain(static l => l.StartsWith("memory.limit ", StringComparison.Ordinal) && l.EndsWith("iB", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Interrupting_it_is_how_it_ends()
    {
        await using var store = await OpenAsync("interrupted");
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        (await InProcess.RunAsync(_directory.Path, stop.Token, "top", $"{Environment.ProcessId}")).Expect(ExitCode.Ok);
        (await InProcess.RunAsync(_directory.Path, stop.Token, "top", $"{Environment.ProcessId}", "--count", "1")).Expect(ExitCode.Cancelled);
    }

    [Fact]
    public async Task A_store_that_nobody_has_open_has_no_process()
    {
        await (await OpenAsync("closed")).DisposeAsync();

        (await RunAsync(ExitCode.Negative, "top", "--store", "closed.db")).Error.Should().Contain("No process was found").And.Contain("mvstore top 1234");
    }

    [Fact]
    public async Task A_process_that_cannot_be_watched_says_why()
        => (await RunAsync(ExitCode.Negative, "top", $"{int.MaxValue}")).Error.Should().Contain("cannot be watched").And.EndWith(".\n");

    private ValueTask<IMultiVersionStore> OpenAsync(string name)
        => new MvStoreBuilder().Configure(o => o.Name = name).UseSqlite(_directory.Combine($"{name}.db")).OpenAsync();

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_directory.Path, args)).Expect(code);
}
