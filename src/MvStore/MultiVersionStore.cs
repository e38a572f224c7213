using System.Buffers;
using MvStore.Committing;
using MvStore.Reading;

namespace MvStore;

/// <summary>The store as its users have it. It decides nothing itself: each member hands over to the stage that does the work.</summary>
/// <param name="stages">The stages.</param>
/// <param name="minimumDurability">What each commit has at least.</param>
internal sealed class MultiVersionStore(StoreStages stages, Durability minimumDurability) : IMultiVersionStore
{
    // Besides Stages, as every get and every commit needs them.
    private readonly StoreLifetime _lifetime = stages.Lifetime;
    private readonly Committer _committer = stages.Committer;
    private readonly PointReader _points = stages.Readers.Points;

    public CommitVersion VisibleVersion
    {
        get
        {
            _lifetime.ThrowIfDisposed();
            return Stages.Sequencer.Current.Visible;
        }
    }

    public CommitVersion DurableVersion
    {
        get
        {
            _lifetime.ThrowIfDisposed();
            return Stages.CommitLog?.Queue.DurableVersion ?? Stages.Flushing?.Mark.Version ?? CommitVersion.Zero;
        }
    }

    /// <summary>The stages. For opening, and for tests.</summary>
    internal StoreStages Stages { get; } = stages;

    public ValueTask<CommitReceipt> CommitAsync(
        WriteBatch batch,
        CommitVersion version,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _committer.CommitAsync(batch, version, AtLeastMinimum(durability), cancellationToken);
    }

    public CommitReceipt Commit(
        WriteBatch batch,
        CommitVersion version,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _committer.Commit(batch, version, AtLeastMinimum(durability), cancellationToken);
    }

    public ValueTask<RollbackReceipt> RollBackAsync(
        CommitVersion target,
        CommitVersion version,
        KeyRange range = default,
        Durability durability = Durability.Buffered,
        CancellationToken cancellationToken = default)
    {
        StoreRollbacks.Check(target, version);
        _lifetime.ThrowIfDisposed();
        return Stages.Rollbacks.RunAsync(target, version, range, AtLeastMinimum(durability), cancellationToken);
    }

    public ValueTask<RollbackPreview> PreviewRollbackAsync(
        CommitVersion target,
        CommitVersion version,
        KeyRange range = default,
        CancellationToken cancellationToken = default)
    {
        StoreRollbacks.Check(target, version);
        _lifetime.ThrowIfDisposed();
        return Stages.Rollbacks.PreviewAsync(target, version, range, cancellationToken);
    }

    public ValueTask WaitForDurableAsync(CommitVersion version, CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        if (Stages.CommitLog is null)
        {
            return Stages.Flushing is { IsSynced: true } ? Stages.Flushing.FlushAsync(version, cancellationToken) : throw new DurabilityUnavailableException();
        }

        Stages.Flushing!.ThrowIfFailed();
        var last = Stages.CommitLog.Queue.LastSequenceAtOrBelow(version);
        return last == 0 ? ValueTask.CompletedTask : new ValueTask(Stages.CommitLog.Durable.WaitAsync(last, version, cancellationToken).AsTask());
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.Flushing?.FlushAsync(CommitVersion.Latest, cancellationToken) ?? throw new DurabilityUnavailableException();
    }

    public ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _points.GetAsync(key, at, cancellationToken);
    }

    public ValueTask<CommitVersion?> CopyAsync(
        ReadOnlySpan<byte> key,
        CommitVersion at,
        IBufferWriter<byte> destination,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var answer = TryGet(key, at, out var row);
        return answer == MemoryAnswer.NotInMemory
            ? ReadResults.WriteAsync(GetAsync(key, at, cancellationToken), destination)
            : new ValueTask<CommitVersion?>(ReadResults.Write(answer, row, destination));
    }

    public MemoryAnswer TryGet(ReadOnlySpan<byte> key, CommitVersion at, out GuardedRow row)
    {
        _lifetime.ThrowIfDisposed();
        return _points.Find(key, at, out row);
    }

    public ValueTask<bool> ContainsAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken = default)
    {
        var answer = TryGet(key, at, out var row);
        row.Dispose();
        return answer == MemoryAnswer.NotInMemory
            ? ReadResults.IsPresentAsync(GetAsync(key, at, cancellationToken))
            : new ValueTask<bool>(answer == MemoryAnswer.Present);
    }

    public async ValueTask<IReadOnlyList<VersionedRow>> GetManyAsync(
        IReadOnlyCollection<ReadOnlyMemory<byte>> keys,
        CommitVersion at,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _lifetime.ThrowIfDisposed();
        var distinct = KeyOrder.DistinctAscending(keys);
        var rows = new List<VersionedRow>(distinct.Length);
        return _points.TryFindMany(distinct, at, rows)
            ? rows
            : ReadResults.PresentRows(await _points.FindManyAsync(distinct, at, cancellationToken).ConfigureAwait(false));
    }

    public ValueTask<PreviousVersion> GetPreviousAsync(
        ReadOnlySpan<byte> key,
        CommitVersion before,
        CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _points.FindPreviousAsync(key.ToArray(), before, cancellationToken);
    }

    public IAsyncEnumerable<VersionedRow> ScanAsync(
        KeyRange range,
        ReadScope scope,
        ScanDirection direction = ScanDirection.Forward,
        CancellationToken cancellationToken = default)
        => Stages.Scans.ScanAsync(range, scope, direction, cancellationToken);

    public RowScan OpenScan(KeyRange range, ReadScope scope, ScanDirection direction = ScanDirection.Forward)
        => Stages.Scans.OpenScan(range, scope, direction);

    public ValueTask<ScanPage> ScanPageAsync(
        KeyRange range,
        ReadScope scope,
        int pageSize,
        ScanDirection direction = ScanDirection.Forward,
        PageToken? continuation = null,
        CancellationToken cancellationToken = default)
        => Stages.Scans.ScanPageAsync(range, scope, pageSize, direction, continuation, cancellationToken);

    public IAsyncEnumerable<VersionedRow> HistoryAsync(KeyRange range, CommitVersion at, CancellationToken cancellationToken = default)
        => Stages.Scans.HistoryAsync(range, at, cancellationToken);

    public RowScan OpenHistory(KeyRange range, CommitVersion at) => Stages.Scans.OpenHistory(range, at);

    public CommitVersion GetFloor(EntryKind kind = default)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.Floors.Current.Set.Of(kind);
    }

    public CommitVersion VersionAt(DateTimeOffset time)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.VersionsByTime.At(time);
    }

    public ISnapshot OpenSnapshot(CommitVersion at, string owner = "unnamed", TimeSpan? maxAge = null) => Stages.Snapshots.Open(at, owner, maxAge);

    public ISnapshot OpenSnapshot(CommitVersion at, SnapshotOptions options) => Stages.Snapshots.Open(at, options);

    public IReadOnlyList<LeaseInfo> GetLeases()
    {
        _lifetime.ThrowIfDisposed();
        return Stages.Leases.List();
    }

    public ValueTask<LeaseInfo> OpenLeaseAsync(
        string name,
        CommitVersion at,
        TimeSpan duration,
        KeyRange? scope = null,
        CancellationToken cancellationToken = default)
    {
        StoreLeases.Check(name, duration);
        _lifetime.ThrowIfDisposed();
        return Stages.Leases.OpenAsync(name, at, duration, scope, cancellationToken);
    }

    public ValueTask<LeaseInfo> RenewLeaseAsync(string name, TimeSpan duration, CommitVersion? at = null, CancellationToken cancellationToken = default)
    {
        StoreLeases.Check(name, duration);
        _lifetime.ThrowIfDisposed();
        return Stages.Leases.RenewAsync(name, duration, at, cancellationToken);
    }

    public ValueTask<bool> CloseLeaseAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        _lifetime.ThrowIfDisposed();
        return Stages.Leases.CloseAsync(name, cancellationToken);
    }

    public ISnapshot OpenLeaseSnapshot(string name) => Stages.Snapshots.OpenLease(name);

    public IReadOnlyList<SnapshotInfo> GetOpenSnapshots() => Stages.Snapshots.List();

    public StoreStatistics GetStatistics()
    {
        _lifetime.ThrowIfDisposed();
        return Stages.Gauge.ReadStatistics();
    }

    public long Evict(long targetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(targetBytes);
        _lifetime.ThrowIfDisposed();
        var dropped = Stages.Budget.EvictTo(targetBytes);
        Stages.Pacing.Gate.Remeasure();
        return dropped;
    }

    public ValueTask<ReclamationReport> ReclaimAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.ReclamationRuns.RunAsync(cancellationToken);
    }

    public ValueTask<ReclamationPreview> PreviewReclamationAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.Survey.PreviewAsync(cancellationToken);
    }

    public ValueTask<KeyExplanation> ExplainAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.Survey.ExplainAsync(key.ToArray(), cancellationToken);
    }

    public IAsyncEnumerable<ChangeCommit> ReadChangesAsync(ChangePosition after, ChangeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options?.CatchUpBytes ?? 1, 1, nameof(options));
        _lifetime.ThrowIfDisposed();
        return Stages.ChangeFeed.ReadAsync(after, options ?? new ChangeReadOptions(), cancellationToken);
    }

    public ValueTask<ChangeBounds> GetChangeBoundsAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.ChangeFeed.GetBoundsAsync(cancellationToken);
    }

    public ValueTask<ChangeHold> HoldChangesAsync(string name, ChangePosition after, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        StoreLeases.Check(name, duration);
        _lifetime.ThrowIfDisposed();
        return Stages.ChangeHolds.HoldAsync(name, after, duration, cancellationToken);
    }

    public ValueTask<bool> ReleaseChangesAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        _lifetime.ThrowIfDisposed();
        return Stages.ChangeHolds.ReleaseAsync(name, cancellationToken);
    }

    public IReadOnlyList<ChangeHold> GetChangeHolds()
    {
        _lifetime.ThrowIfDisposed();
        return Stages.ChangeHolds.List();
    }

    public IAsyncEnumerable<FlushEvent> FlushEventsAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return Stages.FlushEvents.ReadAllAsync(Stages.FlushEvents.Subscribe(), cancellationToken);
    }

    public ValueTask DisposeAsync() => Stages.DisposeAsync();

    private Durability AtLeastMinimum(Durability durability)
        => durability >= Durability.Buffered && durability < minimumDurability ? minimumDurability : durability;
}
