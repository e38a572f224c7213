using System.Text.Json;
using MvStore.Sqlite;
using MvStore.Tool.Tests.Fixtures;

namespace MvStore.Tool.Tests.Commands;

public sealed class ReclamationCommandTests : IDisposable
{
    private readonly TestRepository _repository = new(Histories.Counting(20));

    public void Dispose() => _repository.Dispose();

    [Fact]
    public async Task A_dry_run_predicts_and_removes_nothing()
    {
        await RunAsync(ExitCode.Ok);
        var before = await StoreDump.DigestAsync(_repository.DefaultStore);

        (await RunAsync(ExitCode.Ok, "gc", "--dry-run", "--keep", "5")).Text.Should().Contain("would be removed").And.Contain("14 versions");
        using var predicted = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "gc", "--dry-run", "--keep", "5", "--json")).Text);

        (await StoreDump.DigestAsync(_repository.DefaultStore)).Should().Be(before);
        using var done = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "gc", "--keep", "5", "--json")).Text);
        predicted.RootElement.GetProperty("dryRun").GetBoolean().Should().BeTrue();
        done.RootElement.GetProperty("dryRun").GetBoolean().Should().BeFalse();
        foreach (var figure in (string[])["floor", "pins", "reclaimedVersions", "reclaimedBytes", "versions"])
        {
            done.RootElement.GetProperty(figure).GetRawText().Should().Be(predicted.RootElement.GetProperty(figure).GetRawText());
        }

        done.RootElement.GetProperty("floor").GetInt32().Should().Be(15);
        done.RootElement.GetProperty("reclaimedVersions").GetInt32().Should().Be(14);
        (await RunAsync(ExitCode.Ok, "get", "counter", "--at", "15")).Text.Should().StartWith("15");
        (await RunAsync(ExitCode.Store, "get", "counter", "--at", "14")).Error.Should().Contain("15");
        (await RunAsync(ExitCode.Ok, "gc")).Text.Should().Contain("0 versions");
    }

    [Fact]
    public async Task Each_version_of_a_path_is_explained()
    {
        await RunAsync(ExitCode.Ok);

        var lines = (await RunAsync(ExitCode.Ok, "explain", "counter", "--keep", "5")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Should().HaveCount(21);
        lines[1].Should().StartWith("20 ").And.Contain("kept: above the floor");
        lines[6].Should().StartWith("15 ").And.Contain("kept: newest at the floor");
        lines[7].Should().StartWith("14 ").And.Contain("reclaimable");
        using var json = JsonDocument.Parse((await RunAsync(ExitCode.Ok, "explain", "f/counter", "--raw", "--json")).Text);
        json.RootElement.GetProperty("floor").GetInt32().Should().Be(0);
        json.RootElement.GetProperty("versions").GetArrayLength().Should().Be(20);
        json.RootElement.GetProperty("versions")[19].GetProperty("verdict").GetString().Should().Be("kept: above the floor");
        await RunAsync(ExitCode.Negative, "explain", "none");
        (await RunAsync(ExitCode.Ok, "gc", "--help")).Text.Should().Contain("Examples:");
    }

    [Fact]
    public async Task A_store_that_tells_kinds_apart_is_left_to_its_owner()
    {
        await RunAsync(ExitCode.Ok);
        var path = _repository.Beside("kinds.db");
        await using (var store = await new MvStoreBuilder()
            .Configure(o =>
            {
                o.GarbageCollection.RetainVersions = 0;
                o.GarbageCollection.RetainVersionsByKind[EntryKind.Source(1)] = null;
            })
            .UseSqlite(path)
            .OpenAsync())
        {
            await store.CommitAsync(new WriteBatch().Set("f/a"u8, "1"u8), 1);
            await store.FlushAsync();
            await store.ReclaimAsync();
        }

        (await RunAsync(ExitCode.Store, "gc", "--keep", "0", "--store", path)).Error.Should().Contain("kinds of keys");
        (await RunAsync(ExitCode.Store, "explain", "a", "--store", path)).Error.Should().Contain("kinds of keys");
    }

    private async Task<ToolResult> RunAsync(ExitCode code, params string[] args)
        => (await InProcess.RunAsync(_repository.Path, args)).Expect(code);
}
