using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Buffering;
using MvStore.Committing;
using MvStore.Conformance;
using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.GarbageCollection;
using MvStore.Reading;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Interleavings;

/// <summary>
/// The real stages put together twice over the same state: once plain, and once with a <see cref="Stepper"/> at every seam. It keeps a list of all
/// commits, from which every answer can be worked out. Everything runs on the caller's thread; the flusher's work is done by <see cref="FlushAsync"/>.
/// </summary>
internal sealed class SteppedEngine : IAsyncDisposable
{
    public const ulong Latest = ulong.MaxValue;

    private static readonly IKeyClassifier Classifier = new Uniform();

    // The tier does not fail, so nothing is tried again.
    private static readonly TierRetryPolicy Policy = new(TimeSpan.Zero, TimeSpan.Zero, 1, resolvesDoubt: false);

    private readonly InMemoryTierStorage _storage = new();
    private readonly VersionBuffer _buffer = new(Classifier);
    private readonly FlushQueue _queue;
    private readonly DurableMark _mark;
    private readonly CommitSequencer _sequencer;
    private readonly FloorKeeper _floors = new(FloorSet.None);
    private readonly PinRegistry _pins = new();
    private readonly BufferTrimmer _trimmer;
    private readonly InMemoryTier _tier;
    private readonly SteppedTier _steppedTier;
    private readonly FloorRaiser _raiser;
    private readonly List<(string Key, ulong Version, ulong Sequence, string? Value)> _written = [];
    private bool _isFlushing;

    public SteppedEngine()
    {
        _tier = new InMemoryTier(_storage);
        _tier.OpenAsync(CancellationToken.None).AsTask().Wait();
        var recovered = new TierState(0, CommitVersion.Zero, FloorSet.None);
        var failure = new FailureLatch();
        var signal = new FlushSignal();

        // So little that a commit of many keys is a slice of its own.
        _queue = new FlushQueue(new FlushOptions { MaxAge = Timeout.InfiniteTimeSpan, MaxSliceBytes = 28 }, signal, TimeProvider.System);
        _mark = new DurableMark(recovered, _queue, signal, failure);
        _sequencer = new CommitSequencer(recovered, failure, _queue, feed: null);
        _trimmer = new BufferTrimmer(_buffer);
        _steppedTier = new SteppedTier(_tier, Stepper);
        var retention = new RetentionPolicy(new GarbageCollectionOptions { RetainVersions = 0 });
        var tierWrites = new TierWrites(failure, Policy, TimeProvider.System);
        var tierReads = ReadsOf(_tier, failure);
        var steppedReads = ReadsOf(_steppedTier, failure);

        var pins = new SteppedPins(_pins, Stepper);
        var mark = new SteppedDurability(_mark, Stepper);
        // One of them, whoever uses it: what it passes counts only in what is stepped.
        _raiser = new FloorRaiser(_sequencer, _floors, pins, _steppedTier, tierWrites, mark, retention, Classifier);
        _raiser.BeginWithSlices();

        var tiers = new TieredReader(_buffer, tierReads);
        var late = new LateCommitChecker(_sequencer, tiers);
        Plain = new Parts(
            new Committer(new CommitLimits(new BufferOptions()), NewPreparer(), _sequencer, _buffer, late, new OpenGate(), null),
            new Reclaimer(
                _raiser, _floors, _pins, _trimmer, _tier, tierWrites, Classifier, 2),
            new PinOpener(_sequencer, _floors, _pins, TimeProvider.System),
            ReadersOver(_buffer, tierReads, _mark, _sequencer, _floors),
            _pins);

        var buffer = new SteppedBuffer(_buffer, Stepper);
        var publication = new SteppedPublication(_sequencer, Stepper);
        var floors = new SteppedFloors(_floors, Stepper);
        Target = new SteppedTarget(_buffer, Stepper);

        // One gate for late commits, whoever makes them; its look-up is stepped.
        var steppedLate = new LateCommitChecker(_sequencer, new TieredReader(buffer, steppedReads));
        Plain = Plain with { Committer = new Committer(new CommitLimits(new BufferOptions()), NewPreparer(), _sequencer, _buffer, steppedLate, new OpenGate(), null) };
        Stepped = new Parts(
            new Committer(new CommitLimits(new BufferOptions()), NewPreparer(), _sequencer, Target, steppedLate, new OpenGate(), null),
            new Reclaimer(
                _raiser,
                _floors,
                pins,
                new SteppedReclaimable(_trimmer, Stepper),
                _steppedTier,
                tierWrites,
                Classifier,
                2),
            new PinOpener(publication, floors, pins, TimeProvider.System),
            ReadersOver(buffer, steppedReads, mark, publication, floors),
            pins);
    }

    public Stepper Stepper { get; } = new();

    public SteppedTarget Target { get; }

    public Parts Plain { get; }

    public Parts Stepped { get; }

    public ulong Published => _sequencer.Current.Sequence;

    /// <summary>How many rows were never written.</summary>
    public int LeftOut { get; private set; }

    public ulong Floor => _floors.Current.Set.Default.Value;

    /// <summary>Commits, and remembers what was written if it succeeded. A key behind a minus is deleted.</summary>
    public async Task<bool> CommitAsync(Parts parts, ulong version, params string[] keys)
    {
        var batch = new WriteBatch();
        foreach (var key in keys)
        {
            _ = key[0] == '-'
                ? batch.Remove(System.Text.Encoding.UTF8.GetBytes(key[1..]))
                : batch.Set(System.Text.Encoding.UTF8.GetBytes(key), System.Text.Encoding.UTF8.GetBytes($"{key}{version}"));
        }

        try
        {
            var receipt = await parts.Committer.CommitAsync(batch, version, Durability.Buffered, CancellationToken.None);
            lock (_written)
            {
                _written.AddRange(keys.Select(k => (k.TrimStart('-'), version, receipt.Sequence, k[0] == '-' ? null : $"{k}{version}")));
            }

            return true;
        }
        catch (Exception e) when (e is DuplicateVersionException or BelowFloorException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The first step of a commit whose steps the caller takes one by one; null when it is late.</summary>
    public InFlightCommit? Begin(ulong version, params string[] keys)
    {
        var batch = new WriteBatch();
        foreach (var key in keys)
        {
            batch.Set(System.Text.Encoding.UTF8.GetBytes(key), System.Text.Encoding.UTF8.GetBytes($"{key}{version}"));
        }

        var commit = NewPreparer().Prepare(batch, version);
        return _sequencer.TryBegin(commit) ? commit : null;
    }

    /// <summary>The second step.</summary>
    public void Link(InFlightCommit commit) => _buffer.Link(commit, commit.IsFresh);

    /// <summary>The last step.</summary>
    public void Finish(InFlightCommit commit, bool aborted)
    {
        if (aborted)
        {
            _buffer.Unlink(commit);
        }
        else
        {
            for (var i = 0; i < commit.EntryCount; i++)
            {
                _written.Add((System.Text.Encoding.UTF8.GetString(commit[i].Key), commit.Version.Value, commit.Sequence, string.Empty));
            }
        }

        _sequencer.Finish(commit, aborted);
    }

    /// <summary>What the flusher does with one slice after the other. There is one flusher: within its work a second one does nothing.</summary>
    public async Task FlushAsync(bool stepped = false, bool leavesOut = false)
    {
        if (_isFlushing)
        {
            return;
        }

        _isFlushing = true;
        FlushSlice? next = null;
        SliceRows? ahead = null;
        while ((next ?? _queue.Peek(_mark.Sequence)) is { } slice)
        {
            using var rows = ahead ?? slice.CopyRows();
            Stepper.Point("after rows are copied");
            next = _queue.PeekBehind(slice, ulong.MaxValue);
            ahead = next?.CopyRows();
            var prepared = leavesOut ? _raiser.Prepare(() => _queue.DurableVersionOnceWritten(slice, _mark.HighestVersion)) : null;
            LeftOut += prepared is null ? 0 : rows.LeaveOut(prepared.Rule);
            await (stepped ? (IPersistentTier)_steppedTier : _tier).ApplyAsync(slice.ToBatch(rows, prepared), CancellationToken.None);
            Stepper.Point("before mark moves");
            _queue.Remove(slice, _mark);
            Stepper.Point("after mark moved");
            if (prepared is not null)
            {
                _raiser.Confirm(prepared);
            }

            _mark.Wake(slice);
            Stepper.Point("after queue");
        }

        _isFlushing = false;
    }

    public void Evict() => _trimmer.Evict(0, _mark.Sequence, _sequencer.Current.Visible);

    public async Task ReclaimAsync(Parts parts) => await parts.Reclaimer.RunAsync(garbageShare: 0, CancellationToken.None);

    /// <summary>What a view must answer for some keys.</summary>
    public string Expected(IEnumerable<string> keys, ulong at, ulong view)
    {
        lock (_written)
        {
            return string.Join(' ', keys.Select(key => _written
                .Where(w => w.Key == key && w.Version <= at && w.Sequence <= view)
                .OrderBy(w => w.Version)
                .Select(w => w.Value is null ? $"{w.Key}-" : $"{w.Key}@{w.Version}")
                .LastOrDefault() ?? $"{key}-"));
        }
    }

    /// <summary>The versions of a (key, version) that exist: in the list, on disk and in memory they must agree.</summary>
    public void RequireConsistent()
    {
        lock (_written)
        {
            _written.GroupBy(w => (w.Key, w.Version)).Where(g => g.Count() > 1).Should().BeEmpty("I3");
        }

        var rows = _storage.Rows;
        rows.Should().OnlyContain(r => r.Sequence <= _mark.Sequence, "I4");
        rows.GroupBy(r => (Convert.ToHexString(r.Key.Span), r.Version)).Where(g => g.Count() > 1).Should().BeEmpty("I3");
        _storage.Floors.Default.Value.Should().BeGreaterThanOrEqualTo(Floor, "I7: stored floor >= floor");
        Floor.Should().BeLessThanOrEqualTo(_sequencer.Current.Visible.Value, "I7: floor <= visible version");
        Floor.Should().BeLessThanOrEqualTo(_mark.Version.Value, "I7: floor <= durable version");
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Dispose();
        await _steppedTier.DisposeAsync();
        await _tier.DisposeAsync();
        _buffer.Dispose();
    }

    private static TierReads ReadsOf(IPersistentTier tier, FailureLatch failure)
        => new(tier, new TierCapabilities(), failure, Policy, TimeProvider.System);

    private static CommitPreparer NewPreparer() => new(classifier: null, keepsRows: true, keepsDeltas: false);

    private static StoreReaders ReadersOver(
        IBufferReader buffer,
        TierReads tier,
        IDurability mark,
        IPublicationSource publication,
        IFloorSource floors)
    {
        // So little at a time that portions end inside keys.
        var options = new PersistenceOptions { ReadPageRows = 2, MaxSkippedPerPage = 1 };
        var tiers = new TieredReader(buffer, tier);
        var ranges = new RangeReader(buffer, tiers, tier, options);
        var history = new HistoryReader(buffer, tiers, tier, publication, floors, Classifier, options);
        return new StoreReaders(
            tiers,
            ranges,
            new PointReader(tiers, publication, floors, Classifier),
            new ScanReader(ranges, options, 1),
            history,
            new RowScans(buffer, tiers, ranges, history, options, NullLogger.Instance),
            Classifier,
            new StoreLifetime());
    }

    /// <summary>One way to enter the stages.</summary>
    internal sealed record Parts(Committer Committer, Reclaimer Reclaimer, PinOpener Pins, StoreReaders Readers, IPinRegistry Registry)
    {
        public async Task<string> GetAsync(string key, ulong at)
            => Show(key, await Readers.Points.GetAsync(System.Text.Encoding.UTF8.GetBytes(key), at, CancellationToken.None));

        public async Task<string> GetManyAsync(IReadOnlyList<string> keys, ulong at)
        {
            var asked = keys.Select(k => new ReadOnlyMemory<byte>(System.Text.Encoding.UTF8.GetBytes(k))).ToArray();
            var rows = new List<VersionedRow>();
            if (Readers.Points.TryFindMany(asked, at, rows))
            {
                return Show(keys, rows);
            }

            var found = await Readers.Points.FindManyAsync(asked, at, CancellationToken.None);
            return string.Join(' ', keys.Select((k, i) => Show(k, found[i])));
        }

        public Snapshot Open(ulong at)
            => new(Pins.Open(at, "test", f => f.Default), Readers, Registry, NullLogger.Instance);

        public async Task<string> ScanAsync(IReadOnlyList<string> keys, ulong at, ScanDirection direction)
        {
            var pin = Pins.Open(at, null, f => f.Default);
            var rows = new List<VersionedRow>();
            var request = new ScanRequest(KeyRange.All, ReadScope.AsOf(at), direction);
            await foreach (var row in Readers.Scans.ScanAsync(pin, request, CancellationToken.None))
            {
                rows.Add(row);
            }

            Registry.Remove(pin);
            return Show(keys, rows);
        }

        public static async Task<string> SnapshotAsync(Snapshot snapshot, IReadOnlyList<string> keys)
        {
            var rows = new List<VersionedRow>();
            await foreach (var row in snapshot.ScanAsync(KeyRange.All))
            {
                rows.Add(row);
            }

            var scanned = Show(keys, rows);
            foreach (var key in keys)
            {
                var row = await snapshot.GetAsync(System.Text.Encoding.UTF8.GetBytes(key));
                rows.Where(r => System.Text.Encoding.UTF8.GetString(r.Key.Span) == key).Select(r => r.Version)
                    .Should().Equal(row is { } found ? [found.Version] : [], "get and scan agree");
            }

            return scanned;
        }

        private static string Show(IReadOnlyList<string> keys, List<VersionedRow> rows)
        {
            var byKey = rows.ToDictionary(r => System.Text.Encoding.UTF8.GetString(r.Key.Span), r => r.Version);
            return string.Join(' ', keys.Select(k => byKey.TryGetValue(k, out var version) ? $"{k}@{version}" : $"{k}-"));
        }

        private static string Show(string key, TierRow? row) => row is { IsTombstone: false } found ? $"{key}@{found.Version}" : $"{key}-";

        private static string Show(string key, VersionedRow? row) => row is { } found ? $"{key}@{found.Version}" : $"{key}-";
    }

    private sealed class Uniform : IKeyClassifier
    {
        public EntryKind Classify(ReadOnlySpan<byte> key) => EntryKind.Multi;
    }
}
