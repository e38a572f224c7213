using System.Buffers;
using Microsoft.Extensions.Logging;
using MvStore.Buffering;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Filtering;
using MvStore.Flushing;
using MvStore.GarbageCollection;
using MvStore.Logging;
using MvStore.Pacing;
using MvStore.Reading;

namespace MvStore;

/// <summary>
/// The composition root: puts the stages together, and is the one place that knows all of them. It decides nothing itself: each member hands
/// over to the stage that does the work.
/// </summary>
internal sealed class MultiVersionStore : IMultiVersionStore
{
    private readonly StoreParts _parts;
    private readonly ILogger _logger;
    private readonly StoreLifetime _lifetime = new();
    private readonly FailureLatch _failure;
    private readonly PinRegistry _pins = new();
    private readonly FlushEventHub _flushEvents;
    private readonly StoreInstruments _instruments;
    private readonly TierReads? _tierReads;
    private readonly VersionBuffer _buffer;
    private readonly FlushingStage? _flushing;
    private readonly CommitLog? _log;
    private readonly CommitSequencer _sequencer;
    private readonly Committer _committer;
    private readonly BufferTrimmer _trimmer;
    private readonly PacingStage _pacing;
    private readonly BufferBudget _budget;
    private readonly FloorKeeper _floors;
    private readonly PinOpener _pinOpener;
    private readonly ReadAids _readAids;
    private readonly StoredKeysWalk? _storedKeysWalk;
    private readonly StoreReaders _readers;
    private readonly StoreScans _scans;
    private readonly StoreSnapshots _snapshots;
    private readonly StoreGauge _gauge;
    private readonly FloorRaiser _raiser;
    private readonly ReclamationRuns _reclamationRuns;
    private readonly ReclamationSurvey _survey;
    private readonly ReclamationLoop _reclamation;
    private readonly StoreLeases _leases;
    private readonly StoreRollbacks _rollbacks;
    private readonly ChangeTracker _changes;
    private readonly ChangeLineages _lineages;
    private readonly ChangeHolds _changeHolds;
    private readonly ChangeFeed _changeFeed;
    private readonly LogReplay? _replay;
    private readonly LogRemembrance? _remembrance;
    private readonly StoreTimes _times;
    private readonly Expirer _expirer;
    private readonly VersionsByTime _versionsByTime;
    private readonly Lazy<Task> _disposal;

    internal MultiVersionStore(StoreParts parts, TierState recovered, FailureLatch failure, MemoryPlan plan, FlushingStage? flushing, CommitLog? log)
    {
        var options = parts.Options;
        var leases = StoreLeases.ListedIn(recovered);
        var changeHolds = ChangeHolds.ListedIn(recovered);
        var lineages = ChangeLineages.ListedIn(recovered);
        recovered = leases.Count == 0 ? recovered : recovered with { Floors = recovered.Floors.AsRaised() };
        var policy = TierRetryPolicy.Of(options, recovered.Capabilities);
        var tierWrites = new TierWrites(failure, policy, parts.TimeProvider);
        _tierReads = parts.Tier is { } tier ? new TierReads(tier, recovered.Capabilities, failure, policy, parts.TimeProvider) : null;
        var notes = parts.Tier is null ? null : new TierNotes(parts.Tier, tierWrites, recovered.Notes);
        _parts = parts;
        _failure = failure;
        _times = new StoreTimes(parts, notes);
        _log = log;
        _logger = parts.LoggerFactory.CreateLogger("MvStore");

        _buffer = new VersionBuffer(parts.Classifier, isWhole: recovered.DurableSequence == 0);
        _trimmer = new BufferTrimmer(_buffer);
        _flushing = flushing;
        _readAids = new ReadAids(parts, recovered, plan.Hard);
        _storedKeysWalk = _tierReads is null ? null : new StoredKeysWalk(_readAids.StoredKeys, _tierReads, options.Persistence, parts.TimeProvider, _logger);
        _pacing = new PacingStage(parts, plan, _trimmer, flushing, _readAids, log?.Room, failure, _logger);
        var feed = parts.CommitListeners.Count == 0 ? null : new CommitFeed();
        IPublicationSink? queue = log is null ? flushing?.Queue : new LoggedPublications(log.Queue, flushing!.Queue);
        _changes = new ChangeTracker(recovered, changeHolds.Select(h => h.Claim));
        _sequencer = new CommitSequencer(recovered, failure, queue, feed, _pacing.Gate, _times.Versions, _times.Publications, _changes);
        _times.Follow(_sequencer);
        _budget = _pacing.CreateBudget(_sequencer);

        var retention = new RetentionPolicy(options.GarbageCollection, parts.Strategies, _times.Versions);
        var kindsMatter = retention.DistinguishesKinds || recovered.Floors.ByKind.Count > 0;
        var forgetting = new ForgettingNote(notes);
        _floors = new FloorKeeper(recovered.Floors, forgetting.IsSet);
        _versionsByTime = new VersionsByTime(_times.Versions, _sequencer, _floors);
        _pinOpener = new PinOpener(_sequencer, _floors, _pins, parts.TimeProvider);
        _readers = StoreReaders.Create(parts, _buffer, _tierReads, _readAids, _sequencer, _floors, _lifetime, _logger);
        _scans = new StoreScans(_readers, _pinOpener, _pins);
        var kinds = kindsMatter ? parts.Classifier : null;
        IDurability? durable = log is null ? (flushing is { IsSynced: true } ? flushing.Mark : null) : log.Durable;
        _committer = new Committer(
            new CommitLimits(options.Buffer, parts.Tier is null ? null : recovered.Capabilities),
            new CommitPreparer(kinds, keepsRows: flushing is not null, keepsDeltas: feed is not null, _changes.Tail),
            _sequencer,
            _buffer,
            new LateCommitChecker(_sequencer, _readers.Tiers),
            _pacing.Gate,
            durable,
            log?.Written);

        _leases = new StoreLeases(_pinOpener, _pins, durable, notes, parts.Classifier, parts.TimeProvider, _logger);
        _leases.Restore(leases);
        _snapshots = new StoreSnapshots(_readers, _pinOpener, _pins, _leases, parts.TimeProvider, _logger);
        var limits = new RollbackLimits(_pacing.Limits, parts.Tier is null ? null : recovered.Capabilities);
        _rollbacks = new StoreRollbacks(_sequencer, _committer, _pinOpener, _pins, _readers.Scans, parts.Classifier, limits);
        _lineages = new ChangeLineages(lineages, notes);
        _changeHolds = new ChangeHolds(_sequencer, _changes, _lineages, durable, notes, parts.TimeProvider, _logger);
        _changeHolds.Restore(changeHolds);
        _changeFeed = new ChangeFeed(_sequencer, _changes, _lineages, new ChangeScan(_readers.History, _readers.Tiers, _floors), durable, _lifetime);
        var survey = new VersionSurvey(new BufferSurvey(_buffer), _tierReads, _sequencer, options.Persistence, parts.TimeProvider);
        _raiser = new FloorRaiser(_sequencer, _floors, _pins, parts.Tier, tierWrites, _flushing?.Mark, retention, parts.Classifier);
        var reclaimer = new Reclaimer(
            _raiser,
            _floors,
            _pins,
            _trimmer,
            parts.Tier,
            tierWrites,
            parts.Classifier,
            options.Persistence.ReclaimStepVersions,
            new PinBudgets(survey, parts.TimeProvider, _logger),
            new LeaseExpiries(_leases, _changeHolds),
            forgetting,
            _times.Keeper);
        var liveKeys = new LiveKeys(_readers.Ranges, _readers.Tiers, _pinOpener, _pins, _floors, parts.Classifier, options.Persistence);
        _expirer = new Expirer(
            liveKeys,
            new ExpiryCommits(liveKeys, _committer, tellsOldValues: feed is not null),
            _sequencer,
            retention,
            _times.Publications,
            parts.Classifier,
            recovered.Capabilities,
            options.GarbageCollection.ExpiryKeysPerRun);
        _survey = new ReclamationSurvey(reclaimer, _expirer, survey, parts.Classifier);

        _gauge = new StoreGauge(_buffer, _trimmer, _pacing, flushing, log, _sequencer, _pins, _tierReads, failure, parts.TimeProvider);
        _instruments = new StoreInstruments(
            parts.MeterFactory, options.Name, recovered.DurableSequence, _gauge.ReadFigures, parts.TimeProvider, _logger, parts.Tier as IInstrumentedTier);
        _flushEvents = new FlushEventHub(_instruments.Flushed);
        Flusher? flusher = null;
        if (_flushing is not null)
        {
            flusher = _flushing.CreateFlusher(tierWrites, _flushEvents, _budget, _pacing.Gate, log?.Barrier, _readAids, _raiser, _logger);
            flusher.Start();
        }

        if (log is not null)
        {
            var preparer = new CommitPreparer(kinds, keepsRows: true, keepsDeltas: false);
            _replay = new LogReplay(log, preparer, _committer, _flushing!, _pacing, _budget, failure, options, _logger);
            log.Start();
        }

        if (parts.Tier is not null)
        {
            _remembrance = new LogRemembrance(notes!, recovered, log, parts.TimeProvider, _logger);
        }

        _reclamationRuns = new ReclamationRuns(reclaimer, _expirer, _instruments, _pacing.Gate, parts.TimeProvider);
        _reclamation = new ReclamationLoop(_reclamationRuns.RunAsync, options.GarbageCollection.Interval, failure, parts.TimeProvider, _logger);
        _pacing.Start(_budget, _reclamation.Wake);
        var listeners = new ListenerPumps(parts, _flushEvents, feed, _logger);
        var shutdown = new StoreShutdown(
            parts,
            _sequencer,
            _buffer,
            _pacing,
            _reclamation,
            _storedKeysWalk,
            _times,
            _flushing,
            flusher,
            log,
            _remembrance,
            _flushEvents,
            listeners,
            failure,
            _logger);
        _disposal = new Lazy<Task>(() => CloseAsync(shutdown));
    }

    public CommitVersion VisibleVersion
    {
        get
        {
            _lifetime.ThrowIfDisposed();
            return _sequencer.Current.Visible;
        }
    }

    public CommitVersion DurableVersion
    {
        get
        {
            _lifetime.ThrowIfDisposed();
            return _log?.Queue.DurableVersion ?? _flushing?.Mark.Version ?? CommitVersion.Zero;
        }
    }

    /// <summary>What is in memory. For tests.</summary>
    internal VersionBuffer Buffer => _buffer;

    /// <summary>The limits of memory.</summary>
    internal MemoryPlan MemoryPlan => _pacing.Plan;

    /// <summary>Publishes again what the commit log has, and starts what may only run afterwards. Once, before anyone else has the store.</summary>
    internal async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        // I19: before anyone can commit.
        if (_remembrance is not null)
        {
            await _remembrance.BeginAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_replay is not null)
        {
            await _replay.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        _remembrance?.NoteReplayed();
        await _leases.GiveUpLostAsync(_sequencer.Current.Sequence, cancellationToken).ConfigureAwait(false);
        await _lineages.EndEarlierAsync(_sequencer.Current.Sequence, cancellationToken).ConfigureAwait(false);
        await _changeHolds.GiveUpLostAsync(_sequencer.Current.Sequence, cancellationToken).ConfigureAwait(false);
        await _times.BeginAsync(cancellationToken).ConfigureAwait(false);
        if (_parts.VersionProvider is { } makeProvider)
        {
            _expirer.Begin(makeProvider(this) ?? throw new InvalidOperationException("UseVersionProvider: the version provider was not made."));
        }

        // Not before: a floor that rose meanwhile would stand above commits that are still to come (I7).
        _reclamation.Start();
        _storedKeysWalk?.Start();
        if (_parts.Options.GarbageCollection.Interval != Timeout.InfiniteTimeSpan)
        {
            _raiser.BeginWithSlices();
        }
    }

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
        return _rollbacks.RunAsync(target, version, range, AtLeastMinimum(durability), cancellationToken);
    }

    public ValueTask<RollbackPreview> PreviewRollbackAsync(
        CommitVersion target,
        CommitVersion version,
        KeyRange range = default,
        CancellationToken cancellationToken = default)
    {
        StoreRollbacks.Check(target, version);
        _lifetime.ThrowIfDisposed();
        return _rollbacks.PreviewAsync(target, version, range, cancellationToken);
    }

    public ValueTask WaitForDurableAsync(CommitVersion version, CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        if (_log is null)
        {
            return _flushing is { IsSynced: true } ? _flushing.FlushAsync(version, cancellationToken) : throw new DurabilityUnavailableException();
        }

        _flushing!.ThrowIfFailed();
        var last = _log.Queue.LastSequenceAtOrBelow(version);
        return last == 0 ? ValueTask.CompletedTask : new ValueTask(_log.Durable.WaitAsync(last, version, cancellationToken).AsTask());
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _flushing?.FlushAsync(CommitVersion.Latest, cancellationToken) ?? throw new DurabilityUnavailableException();
    }

    public ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, CommitVersion at, CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        var answer = _readers.Points.Find(key, at, out var row);
        return answer == MemoryAnswer.NotInMemory
            ? ReadResults.ToRowAsync(_readers.Points.FindAsync(key, at, cancellationToken))
            : new ValueTask<VersionedRow?>(ReadResults.Own(answer, row));
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
        return _readers.Points.Find(key, at, out row);
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
        return _readers.Points.TryFindMany(distinct, at, rows)
            ? rows
            : ReadResults.PresentRows(await _readers.Points.FindManyAsync(distinct, at, cancellationToken).ConfigureAwait(false));
    }

    public ValueTask<PreviousVersion> GetPreviousAsync(
        ReadOnlySpan<byte> key,
        CommitVersion before,
        CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _readers.Points.FindPreviousAsync(key.ToArray(), before, cancellationToken);
    }

    public IAsyncEnumerable<VersionedRow> ScanAsync(
        KeyRange range,
        ReadScope scope,
        ScanDirection direction = ScanDirection.Forward,
        CancellationToken cancellationToken = default)
        => _scans.ScanAsync(range, scope, direction, cancellationToken);

    public RowScan OpenScan(KeyRange range, ReadScope scope, ScanDirection direction = ScanDirection.Forward)
        => _scans.OpenScan(range, scope, direction);

    public ValueTask<ScanPage> ScanPageAsync(
        KeyRange range,
        ReadScope scope,
        int pageSize,
        ScanDirection direction = ScanDirection.Forward,
        PageToken? continuation = null,
        CancellationToken cancellationToken = default)
        => _scans.ScanPageAsync(range, scope, pageSize, direction, continuation, cancellationToken);

    public IAsyncEnumerable<VersionedRow> HistoryAsync(KeyRange range, CommitVersion at, CancellationToken cancellationToken = default)
        => _scans.HistoryAsync(range, at, cancellationToken);

    public RowScan OpenHistory(KeyRange range, CommitVersion at) => _scans.OpenHistory(range, at);

    public CommitVersion GetFloor(EntryKind kind = default)
    {
        _lifetime.ThrowIfDisposed();
        return _floors.Current.Set.Of(kind);
    }

    public CommitVersion VersionAt(DateTimeOffset time)
    {
        _lifetime.ThrowIfDisposed();
        return _versionsByTime.At(time);
    }

    public ISnapshot OpenSnapshot(CommitVersion at, string owner = "unnamed", TimeSpan? maxAge = null) => _snapshots.Open(at, owner, maxAge);

    public ISnapshot OpenSnapshot(CommitVersion at, SnapshotOptions options) => _snapshots.Open(at, options);

    public IReadOnlyList<LeaseInfo> GetLeases()
    {
        _lifetime.ThrowIfDisposed();
        return _leases.List();
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
        return _leases.OpenAsync(name, at, duration, scope, cancellationToken);
    }

    public ValueTask<LeaseInfo> RenewLeaseAsync(string name, TimeSpan duration, CommitVersion? at = null, CancellationToken cancellationToken = default)
    {
        StoreLeases.Check(name, duration);
        _lifetime.ThrowIfDisposed();
        return _leases.RenewAsync(name, duration, at, cancellationToken);
    }

    public ValueTask<bool> CloseLeaseAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        _lifetime.ThrowIfDisposed();
        return _leases.CloseAsync(name, cancellationToken);
    }

    public ISnapshot OpenLeaseSnapshot(string name) => _snapshots.OpenLease(name);

    public IReadOnlyList<SnapshotInfo> GetOpenSnapshots() => _snapshots.List();

    public StoreStatistics GetStatistics()
    {
        _lifetime.ThrowIfDisposed();
        return _gauge.ReadStatistics();
    }

    public long Evict(long targetBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(targetBytes);
        _lifetime.ThrowIfDisposed();
        var dropped = _budget.EvictTo(targetBytes);
        _pacing.Gate.Remeasure();
        return dropped;
    }

    public ValueTask<ReclamationReport> ReclaimAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _reclamationRuns.RunAsync(cancellationToken);
    }

    public ValueTask<ReclamationPreview> PreviewReclamationAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _survey.PreviewAsync(cancellationToken);
    }

    public ValueTask<KeyExplanation> ExplainAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _survey.ExplainAsync(key.ToArray(), cancellationToken);
    }

    public IAsyncEnumerable<ChangeCommit> ReadChangesAsync(ChangePosition after, ChangeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options?.CatchUpBytes ?? 1, 1, nameof(options));
        _lifetime.ThrowIfDisposed();
        return _changeFeed.ReadAsync(after, options ?? new ChangeReadOptions(), cancellationToken);
    }

    public ValueTask<ChangeBounds> GetChangeBoundsAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _changeFeed.GetBoundsAsync(cancellationToken);
    }

    public ValueTask<ChangeHold> HoldChangesAsync(string name, ChangePosition after, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        StoreLeases.Check(name, duration);
        _lifetime.ThrowIfDisposed();
        return _changeHolds.HoldAsync(name, after, duration, cancellationToken);
    }

    public ValueTask<bool> ReleaseChangesAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        _lifetime.ThrowIfDisposed();
        return _changeHolds.ReleaseAsync(name, cancellationToken);
    }

    public IReadOnlyList<ChangeHold> GetChangeHolds()
    {
        _lifetime.ThrowIfDisposed();
        return _changeHolds.List();
    }

    public IAsyncEnumerable<FlushEvent> FlushEventsAsync(CancellationToken cancellationToken = default)
    {
        _lifetime.ThrowIfDisposed();
        return _flushEvents.ReadAllAsync(_flushEvents.Subscribe(), cancellationToken);
    }

    public ValueTask DisposeAsync() => new(_disposal.Value);

    private Durability AtLeastMinimum(Durability durability)
    {
        var least = _parts.Options.CommitLog.MinimumDurability;
        return durability >= Durability.Buffered && durability < least ? least : durability;
    }

    // Collectors may ask until the last flush has been told.
    private async Task CloseAsync(StoreShutdown shutdown)
    {
        _lifetime.End();
        _changes.Tail.Wake();
        try
        {
            await shutdown.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _instruments.Dispose();
        }
    }
}
