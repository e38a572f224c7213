using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace MvStore.Diagnostics;

/// <summary>
/// The instruments and activities of one store. What the store counts anyway is observed: then it costs nothing but when somebody collects. The rest is recorded by the flusher and by
/// whoever reclaims; a collector that throws is logged and harms neither of them (contract D7). Any thread.
/// </summary>
internal sealed class StoreInstruments : IDisposable
{
    private const string Reason = "mvstore.stall.reason";
    private const string Trigger = "mvstore.flush.trigger";
    private const string Outcome = "mvstore.flush.outcome";
    private const string Kind = "mvstore.entry.family";
    private const string Read = "mvstore.tier.operation";

    private static readonly ActivitySource Activities = new(MvStoreTelemetry.ActivitySourceName, Version);

    private readonly Meter _meter;
    private readonly Func<StoreFigures> _read;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KeyValuePair<string, object?> _store;
    private readonly ulong _sequenceAtOpening;
    private readonly Histogram<double> _flushes;
    private readonly Counter<long> _flushedRows;
    private readonly Counter<long> _flushedBytes;
    private readonly Histogram<double> _reclamations;
    private readonly Counter<long> _scannedVersions;
    private readonly Counter<long> _reclaimedVersions;
    private readonly Counter<long> _reclaimedBytes;
    private readonly Counter<long> _expiredKeys;

    /// <summary>Publishes the instruments of a store.</summary>
    /// <param name="factory">Makes the meter, for hosts that tell the meters of their parts apart; null for one of its own.</param>
    /// <param name="name">The store's name.</param>
    /// <param name="sequenceAtOpening">What was published when it was opened: commits count from there.</param>
    /// <param name="read">Tells the figures now, also of a store that is closing.</param>
    /// <param name="time">The clock of activities.</param>
    /// <param name="logger">Where it goes when a collector throws.</param>
    /// <param name="tier">Adds what it tells itself; null when there is none.</param>
    public StoreInstruments(
        IMeterFactory? factory,
        string name,
        ulong sequenceAtOpening,
        Func<StoreFigures> read,
        TimeProvider time,
        ILogger logger,
        IInstrumentedTier? tier = null)
    {
        _read = read;
        _time = time;
        _logger = logger;
        _store = new("mvstore.store.name", name);
        _sequenceAtOpening = sequenceAtOpening;
        var options = new MeterOptions(MvStoreTelemetry.MeterName) { Version = Version, Tags = [_store] };
        _meter = factory?.Create(options) ?? new Meter(options);

        _flushes = _meter.CreateHistogram<double>("mvstore.flush.duration", "s", "How long attempts to write a slice of commits took.");
        _flushedRows = _meter.CreateCounter<long>("mvstore.flush.rows", "{row}", "Rows and tombstones written to the persistent tier.");
        _flushedBytes = _meter.CreateCounter<long>("mvstore.flush.io", "By", "Bytes of keys and values written to the persistent tier.");
        _reclamations = _meter.CreateHistogram<double>("mvstore.gc.duration", "s", "How long runs of reclamation took.");
        _scannedVersions = _meter.CreateCounter<long>("mvstore.gc.scanned", "{version}", "Versions that reclamation looked at.");
        _reclaimedVersions = _meter.CreateCounter<long>("mvstore.gc.reclaimed", "{version}", "Versions that reclamation removed.");
        _reclaimedBytes = _meter.CreateCounter<long>("mvstore.gc.freed", "By", "Bytes of keys and values that reclamation removed.");
        _expiredKeys = _meter.CreateCounter<long>("mvstore.gc.expired", "{key}", "Keys that were removed because their time to live was over.");
        ObserveCommits();
        ObserveMemory();
        ObserveStalls();
        ObserveReads();
        tier?.AddInstruments(_meter);
    }

    private static string? Version => typeof(StoreInstruments).Assembly.GetName().Version?.ToString(fieldCount: 3);

    /// <summary>Begins the activity of opening a store; null when nobody looks.</summary>
    public static Activity? Opening(string name)
        => Activities.StartActivity("mvstore.open", ActivityKind.Internal, default(ActivityContext), [new("mvstore.store.name", name)]);

    /// <summary>Records an attempt to flush that has ended.</summary>
    public void Flushed(FlushEvent flush)
    {
        if (flush.Stage == FlushStage.Started)
        {
            return;
        }

        try
        {
            var trigger = new KeyValuePair<string, object?>(Trigger, Lower(flush.Trigger));
            _flushes.Record(flush.Duration.TotalSeconds, trigger, new(Outcome, Lower(flush.Stage)));
            if (flush.Stage == FlushStage.Completed)
            {
                _flushedRows.Add(flush.Rows, trigger);
                _flushedBytes.Add(flush.Bytes, trigger);
            }

            using var activity = Past("mvstore.flush", flush.Duration);
            activity?.SetTag(Trigger, Lower(flush.Trigger)).SetTag("mvstore.flush.commits", flush.Commits).SetTag("mvstore.flush.rows", flush.Rows)
                .SetTag("mvstore.flush.attempt", flush.Attempt);
            if (flush.Error is { } error)
            {
                activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
            }
        }
        catch (Exception e)
        {
            Log.CollectorFailed(_logger, e);
        }
    }

    /// <summary>Records that keys expired.</summary>
    public void Expired(long keys)
    {
        try
        {
            _expiredKeys.Add(keys);
        }
        catch (Exception e)
        {
            Log.CollectorFailed(_logger, e);
        }
    }

    /// <summary>Records a run of reclamation.</summary>
    public void Reclaimed(in ReclamationReport report, TimeSpan duration)
    {
        try
        {
            _reclamations.Record(duration.TotalSeconds);
            _scannedVersions.Add(report.ScannedVersions);
            _reclaimedVersions.Add(report.ReclaimedVersions);
            _reclaimedBytes.Add(report.ReclaimedBytes);
            using var activity = Past("mvstore.reclaim", duration);
            activity?.SetTag("mvstore.gc.scanned", report.ScannedVersions).SetTag("mvstore.gc.reclaimed", report.ReclaimedVersions)
                .SetTag("mvstore.gc.pins", report.Pins);
        }
        catch (Exception e)
        {
            Log.CollectorFailed(_logger, e);
        }
    }

    /// <summary>Takes the instruments back.</summary>
    public void Dispose() => _meter.Dispose();

    private static string Lower<T>(T value)
        where T : struct, Enum
        => value.ToString().ToLowerInvariant();

    // Of what is over now. It is nobody's child: a loop goes on in the context of whoever opened the store.
    private Activity? Past(string name, TimeSpan duration)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        var ambient = Activity.Current;
        Activity.Current = null;
        try
        {
            var end = _time.GetUtcNow();
            var activity = Activities.StartActivity(name, ActivityKind.Internal, default(ActivityContext), [_store], links: null, end - duration);
            activity?.SetEndTime(end.UtcDateTime);
            return activity;
        }
        finally
        {
            Activity.Current = ambient;
        }
    }

    private void ObserveCommits()
    {
        _meter.CreateObservableCounter(
            "mvstore.commits", () => (long)(_read().Statistics.PublishedSequence - _sequenceAtOpening), "{commit}", "Commits published since the store was opened.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.durable.lag", () => Behind(_read().Statistics), "{commit}", "Published commits that are not on disk.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.flush.lag", () => (long)_read().Statistics.UnflushedCommits, "{commit}", "Published commits that are not in the persistent tier.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.flush.backlog", () => _read().Statistics.UnflushedBytes, "By", "Keys and values that are not in the persistent tier.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.log.usage", () => _read().Statistics.LogBytes, "By", "Commit log that the persistent tier does not make up for yet.");

        static long Behind(StoreStatistics now) => (long)(now.PublishedSequence - Math.Min(now.PublishedSequence, now.DurableSequence));
    }

    private void ObserveMemory()
    {
        _meter.CreateObservableUpDownCounter(
            "mvstore.memory.usage", () => _read().Statistics.MemoryBytes, "By", "Memory that counts against the limits.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.memory.limit", () => _read().Statistics.MemoryLimit, "By", "Memory at which commits wait.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.changes.usage", () => _read().Statistics.ChangeFeedBytes, "By", "Memory of recent commits for those who follow changes.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.buffer.usage", () => OfFamilies(static kind => kind.Bytes), "By", "Memory of keys and versions, by family of keys.");
        _meter.CreateObservableUpDownCounter(
            "mvstore.buffer.versions", () => OfFamilies(static kind => kind.Versions), "{version}", "Versions in memory, by family of keys.");
        _meter.CreateObservableUpDownCounter("mvstore.buffer.keys", () => _read().Statistics.BufferedKeys, "{key}", "Keys in memory.");
        _meter.CreateObservableUpDownCounter("mvstore.snapshots", () => (long)_read().Statistics.OpenSnapshots, "{snapshot}", "Open snapshots.");
        _meter.CreateObservableGauge(
            "mvstore.snapshots.oldest", () => _read().OldestSnapshotAge.TotalSeconds, "s", "How long the oldest open snapshot has been open.");
    }

    private void ObserveStalls()
    {
        _meter.CreateObservableCounter("mvstore.stalls", () => OfStalls(static s => s.Count), "{stall}", "Commits that had to wait, by reason.");
        _meter.CreateObservableCounter("mvstore.stalls.time", () => OfStalls(static s => s.Total.TotalSeconds), "s", "How long commits waited in all, by reason.");
        _meter.CreateObservableCounter("mvstore.stalls.refused", () => OfStalls(static s => s.Refused), "{commit}", "Commits that failed for want of room, by reason.");
        _meter.CreateObservableUpDownCounter("mvstore.stalls.waiting", () => OfStalls(static s => (long)s.Waiting), "{commit}", "Commits that wait now, by reason.");
    }

    private void ObserveReads()
        => _meter.CreateObservableCounter("mvstore.tier.reads", TierReads, "{read}", "Keys looked up in the persistent tier, and pages read from it.");

    private IEnumerable<Measurement<long>> TierReads()
    {
        var figures = _read();
        yield return new Measurement<long>(figures.TierKeys, new KeyValuePair<string, object?>(Read, "get"));
        yield return new Measurement<long>(figures.TierPages, new KeyValuePair<string, object?>(Read, "scan"));
    }

    private IEnumerable<Measurement<T>> OfStalls<T>(Func<StallStatistics, T> select)
        where T : struct
        => _read().Statistics.Stalls.Select(s => new Measurement<T>(select(s.Value), new KeyValuePair<string, object?>(Reason, Lower(s.Key))));

    // By family and not by kind: a host may have any number of operators, and a collector keeps a series for each tag.
    private IEnumerable<Measurement<long>> OfFamilies(Func<KindStatistics, long> select)
        => _read().Statistics.ByKind
            .GroupBy(static kind => kind.Key.Family)
            .Select(family => new Measurement<long>(family.Sum(kind => select(kind.Value)), new KeyValuePair<string, object?>(Kind, Lower(family.Key))));
}
