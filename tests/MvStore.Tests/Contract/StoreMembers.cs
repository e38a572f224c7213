using System.Buffers;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>Every member of <see cref="IMultiVersionStore"/>.</summary>
internal static class StoreMembers
{
    private const ulong HighVersion = 1UL << 40;

    private static ulong _next = HighVersion;

    /// <summary>The members, without those that a memory-only store refuses when it is one.</summary>
    public static IReadOnlyList<StoreMember> All(StoreStorage storage)
        => [.. Common(), .. storage == StoreStorage.None ? [] : Durable()];

    /// <summary>A version above every one handed out before.</summary>
    public static CommitVersion NextVersion() => Interlocked.Increment(ref _next);

    private static IEnumerable<StoreMember> Common()
    {
        yield return new("CommitAsync", s => s.CommitAsync(new WriteBatch().Set("member", "1"), NextVersion()).AsTask());
        yield return new("Commit", s => Run(() => s.Commit(new WriteBatch().Set("member", "1"), NextVersion())));
        yield return new("GetAsync", s => s.GetAsync(Bytes.Of("a"), CommitVersion.Latest).AsTask());
        yield return new("CopyAsync", s => s.CopyAsync(Bytes.Of("a"), CommitVersion.Latest, new ArrayBufferWriter<byte>()).AsTask());
        yield return new("TryGet", s => Run(() => RowTexts.TryGet(s, "a", CommitVersion.Latest)));
        yield return new("ContainsAsync", s => s.ContainsAsync(Bytes.Of("a"), CommitVersion.Latest).AsTask());
        yield return new("GetManyAsync", s => s.GetManyAsync([Bytes.Of("a"), Bytes.Of("b")], CommitVersion.Latest).AsTask());
        yield return new("GetPreviousAsync", s => s.GetPreviousAsync(Bytes.Of("a"), CommitVersion.Latest).AsTask());
        yield return new("ScanAsync", s => StoreTexts.ShowAllAsync(s.ScanAsync(KeyRange.All, ReadScope.Latest)));
        yield return new("OpenScan", s => Portions.ToListAsync(s.OpenScan(KeyRange.All, ReadScope.Latest)));
        yield return new("ScanPageAsync", s => s.ScanPageAsync(KeyRange.All, ReadScope.Latest, 10).AsTask());
        yield return new("HistoryAsync", s => StoreTexts.ShowAllAsync(s.HistoryAsync(KeyRange.Exactly(Bytes.Of("a")), CommitVersion.Latest)));
        yield return new("OpenHistory", s => Portions.ToListAsync(s.OpenHistory(KeyRange.All, CommitVersion.Latest)));
        yield return new("Evict", s => Run(() => s.Evict(0)));
        yield return new("ReclaimAsync", s => s.ReclaimAsync().AsTask());
        yield return new("PreviewReclamationAsync", s => s.PreviewReclamationAsync().AsTask());
        yield return new("ExplainAsync", s => s.ExplainAsync(Bytes.Of("a")).AsTask());
        yield return new("OpenSnapshot", s => Run(() => s.OpenSnapshot(CommitVersion.Latest, "member").Dispose()));
        yield return new("OpenSnapshot (options)", s => Run(() => s.OpenSnapshot(CommitVersion.Latest, new SnapshotOptions { Owner = "member" }).Dispose()));
        yield return new("GetOpenSnapshots", s => Run(() => s.GetOpenSnapshots()));
        yield return new("GetLeases", s => Run(() => s.GetLeases()));
        yield return new("RenewLeaseAsync", s => IgnoreNoLeaseAsync(() => s.RenewLeaseAsync("none", TimeSpan.FromHours(1)).AsTask()));
        yield return new("CloseLeaseAsync", s => s.CloseLeaseAsync("none").AsTask());
        yield return new("OpenLeaseSnapshot", s => IgnoreNoLeaseAsync(() => Run(() => s.OpenLeaseSnapshot("none").Dispose())));
        yield return new("RollBackAsync", s => s.RollBackAsync(NextVersion(), NextVersion()).AsTask());
        yield return new("PreviewRollbackAsync", s => s.PreviewRollbackAsync(NextVersion(), NextVersion()).AsTask());
        yield return new("ReadChangesAsync", ReadChangesAndLeaveAsync);
        yield return new("GetChangeBoundsAsync", s => s.GetChangeBoundsAsync().AsTask());
        yield return new("ReleaseChangesAsync", s => s.ReleaseChangesAsync("none").AsTask());
        yield return new("GetChangeHolds", s => Run(() => s.GetChangeHolds()));
        yield return new("GetStatistics", s => Run(() => s.GetStatistics()));
        yield return new("GetFloor", s => Run(() => s.GetFloor()));
        yield return new("VersionAt", s => Run(() => s.VersionAt(DateTimeOffset.MaxValue)));
        yield return new("VisibleVersion", s => Run(() => s.VisibleVersion));
        yield return new("DurableVersion", s => Run(() => s.DurableVersion));
        yield return new("FlushEventsAsync", ListenAndLeaveAsync);
    }

    private static IEnumerable<StoreMember> Durable()
    {
        yield return new(
            "CommitAsync (durable)",
            s => s.CommitAsync(new WriteBatch().Set("member", "1"), NextVersion(), Durability.Durable).AsTask());
        yield return new(
            "Commit (durable)",
            s => Run(() => s.Commit(new WriteBatch().Set("member", "1"), NextVersion(), Durability.Durable)));
        yield return new("WaitForDurableAsync", s => s.WaitForDurableAsync(CommitVersion.Latest).AsTask());
        yield return new("FlushAsync", s => s.FlushAsync().AsTask());
        yield return new("OpenLeaseAsync", OpenAndCloseLeaseAsync);
        yield return new("HoldChangesAsync", HoldAndReleaseChangesAsync);
    }

    private static async Task OpenAndCloseLeaseAsync(IMultiVersionStore store)
    {
        var lease = await store.OpenLeaseAsync($"lease {NextVersion()}", CommitVersion.Latest, TimeSpan.FromHours(1));
        await store.CloseLeaseAsync(lease.Name);
    }

    private static async Task HoldAndReleaseChangesAsync(IMultiVersionStore store)
    {
        var name = $"hold {NextVersion()}";
        try
        {
            await store.HoldChangesAsync(name, (await store.GetChangeBoundsAsync()).Newest, TimeSpan.FromHours(1));
            await store.ReleaseChangesAsync(name);
        }
        catch (ChangesReclaimedException)
        {
            // The answer of an open store: reclamation was faster.
        }
    }

    private static async Task ReadChangesAndLeaveAsync(IMultiVersionStore store)
    {
        using var leave = new CancellationTokenSource();
        var changes = store.ReadChangesAsync(ChangePosition.Beginning, null, leave.Token).GetAsyncEnumerator(leave.Token);
        try
        {
            await leave.CancelAsync();
            await changes.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            // Cancelled on purpose: what counts is that reading began.
        }
        finally
        {
            await changes.DisposeAsync();
        }
    }

    private static async Task IgnoreNoLeaseAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (LeaseNotFoundException)
        {
            // The answer of an open store: there is none.
        }
    }

    private static async Task ListenAndLeaveAsync(IMultiVersionStore store)
    {
        using var leave = new CancellationTokenSource();
        var events = store.FlushEventsAsync(leave.Token).GetAsyncEnumerator(leave.Token);
        try
        {
            await leave.CancelAsync();
            await events.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            // Cancelled on purpose: what counts is that listening began.
        }
        finally
        {
            await events.DisposeAsync();
        }
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static Task Run<T>(Func<T> function)
    {
        _ = function();
        return Task.CompletedTask;
    }
}
