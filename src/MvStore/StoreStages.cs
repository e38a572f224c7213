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
/// Puts the stages together, begins and closes them: the one place that knows all of them. It decides nothing itself.
/// </summary>
internal sealed class StoreStages : IAsyncDisposable
{
    private readonly StoreParts _parts;
    private readonly StoreInstruments _instruments;
    private readonly StoredKeysWalk? _storedKeysWalk;
    private readonly FloorRaiser _raiser;
    private readonly ReclamationLoop _reclamation;
    private readonly ChangeTracker _changes;
    private readonly ChangeLineages _lineages;
    private readonly LogReplay? _replay;
    private readonly LogRemembrance? _remembrance;
    private readonly StoreTimes _times;
    private readonly Expirer _expirer;
    private readonly Lazy<Task> _closing;

    /// <summary>Makes the stages. The flusher and the log's writer begin at once, all else in <see cref="BeginAsync"/>.</summary>
    /// <param name="parts">What the builder was given.</param>
    /// <param name="recovered">What the persistent tier had when it was opened.</param>
    /// <param name="failure">Where any stage says that the store cannot go on.</param>
    /// <param name="plan">The limits of memory.</param>
    /// <param name="flushing">The way to the persistent tier; null without one.</param>
    /// <param name="log">The commit log, opened; null without one.</param>
    public StoreStages(StoreParts parts, TierState recovered, FailureLatch failure, MemoryPlan plan, FlushingStage? flushing, CommitLog? log)
    {
        var options = parts.Options;
        var leases = StoreLeases.ListedIn(recovered);
        var changeHolds = ChangeHolds.ListedIn(recovered);
        var lineages = ChangeLineages.ListedIn(recovered);
        recovered = leases.Count == 0 ? recovered : recovered with { Floors = recovered.Floors.AsRaised() };
        var policy = TierRetryPolicy.Of(options, recovered.Capabilities);
        var tierWrites = new TierWrites(failure, policy, parts.TimeProvider);
        var tierReads = parts.Tier is { } tier ? new TierReads(tier, recovered.Capabilities, failure, policy, parts.TimeProvider) : null;
        var notes = parts.Tier is null ? null : new TierNotes(parts.Tier, tierWrites, recovered.Notes);
        var logger = parts.LoggerFactory.CreateLogger("MvStore");
        var pins = new PinRegistry();
        _parts = parts;
        _times = new StoreTimes(parts, notes);
        CommitLog = log;

        Buffer = new VersionBuffer(parts.Classifier, isWhole: recovered.DurableSequence == 0);
        var trimmer = new BufferTrimmer(Buffer);
        Flushing = flushing;
        var readAids = new ReadAids(parts, recovered, plan.Hard);
        _storedKeysWalk = tierReads is null ? null : new StoredKeysWalk(readAids.StoredKeys, tierReads, options.Persistence, parts.TimeProvider, logger);
        _changes = new ChangeTracker(recovered, changeHolds.Select(h => h.Claim), plan.Hard);
        Pacing = new PacingStage(parts, plan, trimmer, flushing, new ReadMemory(readAids, _changes.Tail), log?.Room, failure, logger);
        var feed = parts.CommitListeners.Count == 0 ? null : new CommitFeed();
        IPublicationSink? queue = log is null ? flushing?.Queue : new LoggedPublications(log.Queue, flushing!.Queue);
        Sequencer = new CommitSequencer(recovered, failure, queue, feed, Pacing.Gate, _times.Versions, _times.Publications, _changes);
        _times.Follow(Sequencer);
        Budget = Pacing.CreateBudget(Sequencer);

        var retention = new RetentionPolicy(options.GarbageCollection, parts.Strategies, _times.Versions);
        var kindsMatter = retention.DistinguishesKinds || recovered.Floors.ByKind.Count > 0;
        var forgetting = new ForgettingNote(notes);
        Floors = new FloorKeeper(recovered.Floors, forgetting.IsSet);
        VersionsByTime = new VersionsByTime(_times.Versions, Sequencer, Floors);
        var pinOpener = new PinOpener(Sequencer, Floors, pins, parts.TimeProvider);
        Readers = StoreReaders.Create(parts, Buffer, tierReads, readAids, Sequencer, Floors, Lifetime, logger);
        Scans = new StoreScans(Readers, pinOpener, pins);
        var kinds = kindsMatter ? parts.Classifier : null;
        IDurability? durable = log is null ? (flushing is { IsSynced: true } ? flushing.Mark : null) : log.Durable;
        Committer = new Committer(
            new CommitLimits(options.Buffer, parts.Tier is null ? null : recovered.Capabilities),
            new CommitPreparer(kinds, keepsRows: flushing is not null, keepsDeltas: feed is not null),
            Sequencer,
            Buffer,
            new LateCommitChecker(Sequencer, Readers.Tiers),
            Pacing.Gate,
            durable,
            log?.Written);

        Leases = new StoreLeases(pinOpener, pins, durable, notes, parts.Classifier, parts.TimeProvider, logger);
        Leases.Restore(leases);
        Snapshots = new StoreSnapshots(Readers, pinOpener, pins, Leases, parts.TimeProvider, logger);
        var limits = new RollbackLimits(Pacing.Limits, parts.Tier is null ? null : recovered.Capabilities);
        Rollbacks = new StoreRollbacks(Sequencer, Committer, pinOpener, pins, Readers.Scans, parts.Classifier, limits);
        _lineages = new ChangeLineages(lineages, notes);
        ChangeHolds = new ChangeHolds(Sequencer, _changes, _lineages, durable, notes, parts.TimeProvider, logger);
        ChangeHolds.Restore(changeHolds);
        ChangeFeed = new ChangeFeed(Sequencer, _changes, _lineages, new ChangeScan(Readers.History, Readers.Tiers, Floors), durable, Lifetime, Pacing.Gate);
        var survey = new VersionSurvey(new BufferSurvey(Buffer), tierReads, Sequencer, options.Persistence, parts.TimeProvider);
        _raiser = new FloorRaiser(Sequencer, Floors, pins, parts.Tier, tierWrites, flushing?.Mark, retention, parts.Classifier);
        var reclaimer = new Reclaimer(
            _raiser,
            Floors,
            pins,
            trimmer,
            parts.Tier,
            tierWrites,
            parts.Classifier,
            options.Persistence.ReclaimStepVersions,
            new PinBudgets(survey, parts.TimeProvider, logger),
            new LeaseExpiries(Leases, ChangeHolds),
            forgetting,
            _times.Keeper);
        var liveKeys = new LiveKeys(Readers.Ranges, Readers.Tiers, pinOpener, pins, Floors, parts.Classifier, options.Persistence);
        _expirer = new Expirer(
            liveKeys,
            new ExpiryCommits(liveKeys, Committer, tellsOldValues: feed is not null),
            Sequencer,
            retention,
            _times.Publications,
            parts.Classifier,
            recovered.Capabilities,
            options.GarbageCollection.ExpiryKeysPerRun);
        Survey = new ReclamationSurvey(reclaimer, _expirer, survey, parts.Classifier);

        Gauge = new StoreGauge(Buffer, trimmer, Pacing, flushing, log, Sequencer, _changes.Tail, pins, tierReads, failure, parts.TimeProvider);
        _instruments = new StoreInstruments(
            parts.MeterFactory, options.Name, recovered.DurableSequence, Gauge.ReadFigures, parts.TimeProvider, logger, parts.Tier as IInstrumentedTier);
        FlushEvents = new FlushEventHub(_instruments.Flushed);
        Flusher? flusher = null;
        if (flushing is not null)
        {
            flusher = flushing.CreateFlusher(tierWrites, FlushEvents, Budget, Pacing.Gate, log?.Barrier, readAids, _raiser, logger);
            flusher.Start();
        }

        if (log is not null)
        {
            var preparer = new CommitPreparer(kinds, keepsRows: true, keepsDeltas: false);
            _replay = new LogReplay(log, preparer, Committer, flushing!, Pacing, Budget, failure, options, logger);
            log.Start();
        }

        if (parts.Tier is not null)
        {
            _remembrance = new LogRemembrance(notes!, recovered, log, parts.TimeProvider, logger);
        }

        ReclamationRuns = new ReclamationRuns(reclaimer, _expirer, _instruments, Pacing.Gate, options.GarbageCollection.MaxGarbageShare, parts.TimeProvider);
        _reclamation = new ReclamationLoop(ReclamationRuns.RunInBackgroundAsync, options.GarbageCollection.Interval, failure, parts.TimeProvider, logger);
        Pacing.Start(Budget, _reclamation.Wake);
        var listeners = new ListenerPumps(parts, FlushEvents, feed, logger);
        var shutdown = new StoreShutdown(
            parts,
            Sequencer,
            Buffer,
            Pacing,
            _reclamation,
            _storedKeysWalk,
            _times,
            flushing,
            flusher,
            log,
            _remembrance,
            FlushEvents,
            listeners,
            failure,
            logger);
        _closing = new Lazy<Task>(() => CloseAsync(shutdown));
    }

    /// <summary>Whether the store is in use.</summary>
    public StoreLifetime Lifetime { get; } = new();

    /// <summary>Reads of single keys, and what scans are made of.</summary>
    public StoreReaders Readers { get; }

    /// <summary>Scans, pages and histories.</summary>
    public StoreScans Scans { get; }

    /// <summary>Open snapshots.</summary>
    public StoreSnapshots Snapshots { get; }

    /// <summary>Takes commits.</summary>
    public Committer Committer { get; }

    /// <summary>Orders and publishes commits.</summary>
    public CommitSequencer Sequencer { get; }

    /// <summary>What is in memory.</summary>
    public VersionBuffer Buffer { get; }

    /// <summary>Keeps memory within its limits.</summary>
    public PacingStage Pacing { get; }

    /// <summary>What of memory may be evicted.</summary>
    public BufferBudget Budget { get; }

    /// <summary>The way to the persistent tier; null without one.</summary>
    public FlushingStage? Flushing { get; }

    /// <summary>The commit log; null without one.</summary>
    public CommitLog? CommitLog { get; }

    /// <summary>The floors in force.</summary>
    public FloorKeeper Floors { get; }

    /// <summary>Runs of reclamation.</summary>
    public ReclamationRuns ReclamationRuns { get; }

    /// <summary>What reclamation would do, and why.</summary>
    public ReclamationSurvey Survey { get; }

    /// <summary>Rolls back by a new commit.</summary>
    public StoreRollbacks Rollbacks { get; }

    /// <summary>Which version was the last at a time.</summary>
    public VersionsByTime VersionsByTime { get; }

    /// <summary>Pins by name that outlive the process.</summary>
    public StoreLeases Leases { get; }

    /// <summary>The stream of published commits.</summary>
    public ChangeFeed ChangeFeed { get; }

    /// <summary>What consumers of changes hold.</summary>
    public ChangeHolds ChangeHolds { get; }

    /// <summary>Tells of flushes.</summary>
    public FlushEventHub FlushEvents { get; }

    /// <summary>Figures.</summary>
    public StoreGauge Gauge { get; }

    /// <summary>Publishes again what the commit log has, and starts what may only run afterwards. Once, before anyone else has the store.</summary>
    /// <param name="store">What these stages make up, for whoever is given it.</param>
    /// <param name="cancellationToken">Ends it; the stages are closed then.</param>
    public async ValueTask BeginAsync(IMultiVersionStore store, CancellationToken cancellationToken)
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
        await Leases.GiveUpLostAsync(Sequencer.Current.Sequence, cancellationToken).ConfigureAwait(false);
        await _lineages.EndEarlierAsync(Sequencer.Current.Sequence, cancellationToken).ConfigureAwait(false);
        await ChangeHolds.GiveUpLostAsync(Sequencer.Current.Sequence, cancellationToken).ConfigureAwait(false);
        await _times.BeginAsync(cancellationToken).ConfigureAwait(false);
        if (_parts.VersionProvider is { } makeProvider)
        {
            _expirer.Begin(makeProvider(store) ?? throw new InvalidOperationException("UseVersionProvider: the version provider was not made."));
        }

        // Not before: a floor that rose meanwhile would stand above commits that are still to come (I7).
        _reclamation.Start();
        _storedKeysWalk?.Start();
        if (_parts.Options.GarbageCollection.Interval != Timeout.InfiniteTimeSpan)
        {
            _raiser.BeginWithSlices();
        }
    }

    /// <summary>Ends the use of the store, flushes what it has, and closes everything. Once; further calls wait for the first.</summary>
    public ValueTask DisposeAsync() => new(_closing.Value);

    // Collectors may ask until the last flush has been told.
    private async Task CloseAsync(StoreShutdown shutdown)
    {
        Lifetime.End();
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
