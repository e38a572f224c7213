using MvStore.Reliability.PowerLoss;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;

namespace MvStore.Reliability;

/// <summary>What opening a store tells is on disk, whoever wrote it (contract A10, D3).</summary>
public sealed class OpeningTests
{
    [Fact]
    public async Task A10_ANewStoreIsOnDiskWhenItIsOpen()
    {
        using var disk = new Disk(Folder.Create(), []);
        await using var run = await OpenedAsync(disk);
        AfterAPowerCut(disk).Should().Contain("store.db", "the renaming of the draft is synced");
    }

    [Fact]
    public async Task A10_ALogThatAKilledOwnerDidNotSyncIsOnDiskWhenTheStoreIsOpen()
    {
        using var disk = new Disk(Folder.Create(), []);
        await using var run = await OpenedAsync(disk);
        await run.StepAsync(FixedScripts.Short.Steps[0], CancellationToken.None);
        var history = disk.History;
        var lastSync = history.Changes.Select((c, i) => (c.Kind, i)).Last(c => c.Kind == ChangeKind.Sync).i;

        using var afterTheKill = new Disk(Folder.Create(), history.Until(lastSync));
        DiskModel.After(afterTheKill.History).IsSynced.Should().BeFalse("the owner was killed before its commit was synced");
        await using var reopened = new ScriptRun(
            FixedScripts.Short, afterTheKill, run.Log.AfterCutAt(lastSync), new Witness(() => afterTheKill.Position, run.Witness.Possible));
        await reopened.OpenAsync();
        reopened.Log.Sequence.Should().Be(1, "the log is whole in memory");
        DiskModel.After(afterTheKill.History).IsSynced.Should().BeTrue("the store says that it is durable");
    }

    [Fact]
    public async Task D3_ALogThatWasDeletedDoesNotComeBack()
    {
        using var disk = new Disk(Folder.Create(), []);
        var run = await OpenedAsync(disk);
        await run.CloseAsync();
        AfterAPowerCut(disk).Should().Contain("store.db-wal", "closing deletes the log and does not sync the directory");
        await run.OpenAsync();
        DiskModel.After(disk.History).IsSynced.Should().BeTrue("the deletion and the new log are synced");
        await run.CloseAsync();
    }

    private static async Task<ScriptRun> OpenedAsync(Disk disk)
    {
        var run = new ScriptRun(FixedScripts.Short, disk, new CommitLog(), new Witness(() => disk.Position, TierContent.Empty));
        await run.OpenAsync();
        return run;
    }

    private static IEnumerable<string> AfterAPowerCut(Disk disk)
        => DiskModel.After(disk.History).Image(Survival.None, new Random(1)).Select(file => file.Key);
}
