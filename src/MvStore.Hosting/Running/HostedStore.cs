using System.Buffers;

namespace MvStore.Hosting.Running;

/// <summary>
/// The singleton that is injected: hands every call on to the store once it is open. It can be made before, as everything that has it injected is. Any thread.
/// </summary>
internal sealed class HostedStore(string label) : IMultiVersionStore, IDisposable
{
    // Owner: the lifecycle of the store, once. Written before _store.
    private StoreClosing? _closing;

    // Owner: the lifecycle of the store, once. Release store; readers acquire. It stays: a closed store says itself that it is closed.
    private IMultiVersionStore? _store;

    // Owner: the lifecycle of the store, once. Release store; readers acquire.
    private Exception? _failure;

    /// <summary>What it is called in messages, at the beginning of a sentence.</summary>
    public string Label { get; } = label;

    /// <summary>The store, open or closed again; null before it was opened.</summary>
    public IMultiVersionStore? Opened => Volatile.Read(ref _store);

    /// <summary>Why it could not be opened; null if it could, or if nobody tried.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public CommitVersion VisibleVersion => Store.VisibleVersion;

    public CommitVersion DurableVersion => Store.DurableVersion;

    private IMultiVersionStore Store => Opened ?? throw NotOpen();

    /// <summary>Takes the store that was opened.</summary>
    public void Attach(IMultiVersionStore store, StoreClosing closing)
    {
        _closing = closing;
        Volatile.Write(ref _store, store);
    }

    /// <summary>Takes note that it could not be opened.</summary>
    public void Fail(Exception failure) => Volatile.Write(ref _failure, failure);

    public CommitVersion GetFloor(EntryKind kind = default) => Store.GetFloor(kind);

    public CommitVersion VersionAt(DateTimeOffset time) => Store.VersionAt(time);

    public ValueTask<CommitReceipt> CommitAsync(
        WriteBatch batch,
        CommitVersion version,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default)
        => Store.CommitAsync(batch, version, durability, cancellationToken);

    public CommitReceipt Commit(
        WriteBatch batch,
        CommitVersion version,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default)
        => Store.Commit(batch, version, durability, cancellationToken);

    public ValueTask WaitForDurableAsync(CommitVersion version, CancellationToken cancellationToken = default)
        => Store.WaitForDurableAsync(version, cancellationToken);

    public ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken = default)
        => Store.GetAsync(key, at, cancellationToken);

    public ValueTask<CommitVersion?> CopyAsync(
        ReadOnlySpan<byte> key,
        CommitVersion at,
        IBufferWriter<byte> destination,
        CancellationToken cancellationToken = default)
        => Store.CopyAsync(key, at, destination, cancellationToken);

    public MemoryAnswer TryGet(ReadOnlySpan<byte> key, CommitVersion at, out GuardedRow row) => Store.TryGet(key, at, out row);

    public ValueTask<bool> ContainsAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken = default)
        => Store.ContainsAsync(key, at, cancellationToken);

    public ValueTask<IReadOnlyList<VersionedRow>> GetManyAsync(
        IReadOnlyCollection<ReadOnlyMemory<byte>> keys,
        CommitVersion at,
        CancellationToken cancellationToken = default)
        => Store.GetManyAsync(keys, at, cancellationToken);

    public ValueTask<PreviousVersion> GetPreviousAsync(ReadOnlySpan<byte> key, CommitVersion before, CancellationToken cancellationToken = default)
        => Store.GetPreviousAsync(key, before, cancellationToken);

    public IAsyncEnumerable<VersionedRow> ScanAsync(
        KeyRange range,
        ReadScope scope,
        ScanDirection direction = ScanDirection.Forward,
        CancellationToken cancellationToken = default)
        => Store.ScanAsync(range, scope, direction, cancellationToken);

    public RowScan OpenScan(KeyRange range, ReadScope scope, ScanDirection direction = ScanDirection.Forward) => Store.OpenScan(range, scope, direction);

    public ValueTask<ScanPage> ScanPageAsync(
        KeyRange range,
        ReadScope scope,
        int pageSize,
        ScanDirection direction = ScanDirection.Forward,
        PageToken? continuation = null,
        CancellationToken cancellationToken = default)
        => Store.ScanPageAsync(range, scope, pageSize, direction, continuation, cancellationToken);

    public IAsyncEnumerable<VersionedRow> HistoryAsync(KeyRange range, CommitVersion at, CancellationToken cancellationToken = default)
        => Store.HistoryAsync(range, at, cancellationToken);

    public RowScan OpenHistory(KeyRange range, CommitVersion at) => Store.OpenHistory(range, at);

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => Store.FlushAsync(cancellationToken);

    public long Evict(long targetBytes) => Store.Evict(targetBytes);

    public ValueTask<ReclamationReport> ReclaimAsync(CancellationToken cancellationToken = default) => Store.ReclaimAsync(cancellationToken);

    public ValueTask<ReclamationPreview> PreviewReclamationAsync(CancellationToken cancellationToken = default) => Store.PreviewReclamationAsync(cancellationToken);

    public ValueTask<RollbackReceipt> RollBackAsync(
        CommitVersion target,
        CommitVersion version,
        KeyRange range = default,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default)
        => Store.RollBackAsync(target, version, range, durability, cancellationToken);

    public ValueTask<RollbackPreview> PreviewRollbackAsync(
        CommitVersion target,
        CommitVersion version,
        KeyRange range = default,
        CancellationToken cancellationToken = default)
        => Store.PreviewRollbackAsync(target, version, range, cancellationToken);

    public ValueTask<KeyExplanation> ExplainAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default) => Store.ExplainAsync(key, cancellationToken);

    public IReadOnlyList<LeaseInfo> GetLeases() => Store.GetLeases();

    public ValueTask<LeaseInfo> OpenLeaseAsync(
        string name,
        CommitVersion at,
        TimeSpan duration,
        KeyRange? scope = null,
        CancellationToken cancellationToken = default)
        => Store.OpenLeaseAsync(name, at, duration, scope, cancellationToken);

    public ValueTask<LeaseInfo> RenewLeaseAsync(string name, TimeSpan duration, CommitVersion? at = null, CancellationToken cancellationToken = default)
        => Store.RenewLeaseAsync(name, duration, at, cancellationToken);

    public ValueTask<bool> CloseLeaseAsync(string name, CancellationToken cancellationToken = default) => Store.CloseLeaseAsync(name, cancellationToken);

    public ISnapshot OpenLeaseSnapshot(string name) => Store.OpenLeaseSnapshot(name);

    public IAsyncEnumerable<ChangeCommit> ReadChangesAsync(ChangePosition after, ChangeReadOptions? options = null, CancellationToken cancellationToken = default)
        => Store.ReadChangesAsync(after, options, cancellationToken);

    public ValueTask<ChangeBounds> GetChangeBoundsAsync(CancellationToken cancellationToken = default) => Store.GetChangeBoundsAsync(cancellationToken);

    public ValueTask<ChangeHold> HoldChangesAsync(string name, ChangePosition after, TimeSpan duration, CancellationToken cancellationToken = default)
        => Store.HoldChangesAsync(name, after, duration, cancellationToken);

    public ValueTask<bool> ReleaseChangesAsync(string name, CancellationToken cancellationToken = default) => Store.ReleaseChangesAsync(name, cancellationToken);

    public IReadOnlyList<ChangeHold> GetChangeHolds() => Store.GetChangeHolds();

    public ISnapshot OpenSnapshot(CommitVersion at, string owner = "unnamed", TimeSpan? maxAge = null) => Store.OpenSnapshot(at, owner, maxAge);

    public ISnapshot OpenSnapshot(CommitVersion at, SnapshotOptions options) => Store.OpenSnapshot(at, options);

    public IReadOnlyList<SnapshotInfo> GetOpenSnapshots() => Store.GetOpenSnapshots();

    public StoreStatistics GetStatistics() => Store.GetStatistics();

    public IAsyncEnumerable<FlushEvent> FlushEventsAsync(CancellationToken cancellationToken = default) => Store.FlushEventsAsync(cancellationToken);

    /// <summary>Closes the store if it is open; otherwise does nothing.</summary>
    public ValueTask DisposeAsync() => Opened is null ? ValueTask.CompletedTask : new ValueTask(_closing!.CloseAsync(CancellationToken.None));

    /// <summary>For containers that are disposed synchronously: waits for it.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private InvalidOperationException NotOpen()
        => Failure is { } failure
            ? new InvalidOperationException($"{Label} could not be opened when the host started: {failure.Message}", failure)
            : new InvalidOperationException(
                $"{Label} is not open yet: it opens when the host starts, before any hosted service does. Have it injected anywhere, and use it from there on.");
}
