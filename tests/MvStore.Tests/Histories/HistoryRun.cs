using System.Collections.Concurrent;
using MvStore.Conformance;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;
using static MvStore.Tests.Histories.HistoryRows;

namespace MvStore.Tests.Histories;

/// <summary>
/// Runs writers, readers, and one who flushes, evicts and reclaims all the time, on threads of their own against a real store; between rounds
/// the store is closed or killed, and opened again. Everything is recorded and each round is checked by <see cref="HistoryChecker"/>.
/// </summary>
internal sealed class HistoryRun(int seed, int transactions)
{
    private const int Keys = 48;
    private const int Writers = 2;
    private const int Readers = 3;
    private const int Rounds = 5;
    private const int MaintenanceEvery = 20;
    private const ulong Retained = 40;

    private readonly InMemoryTierStorage _storage = new();
    private readonly ConcurrentBag<HistoryCommit> _commits = [];
    private readonly ConcurrentBag<HistoryReader> _readers = [];
    private readonly ConcurrentBag<HistoryViolation> _violations = [];
    private readonly ConcurrentBag<(ulong Version, int[] Keys)> _refused = [];
    private IMultiVersionStore _store = null!;
    private ulong _nextVersion;
    private ulong _durablyAcknowledged;
    private long _event;
    private long _done;
    private int _tookPart;

    public long Reads { get; private set; }

    public int Commits { get; private set; }

    public int LateCommits { get; private set; }

    public int BelowFloor { get; private set; }

    public ulong Reclaimed { get; private set; }

    public async Task<IReadOnlyList<HistoryViolation>> RunAsync()
    {
        List<HistoryCommit> survived = [];
        for (var round = 0; round < Rounds && _violations.IsEmpty; round++)
        {
            _store = await OpenAsync();
            _tookPart = 0;
            _done = 0;
            List<Task> threads = [];
            for (var i = 0; i < Writers; i++)
            {
                var random = new Random(HashCode.Combine(seed, round, i));
                threads.Add(OnThread(() => WriteAsync(random)));
            }

            for (var i = 0; i < Readers; i++)
            {
                var random = new Random(HashCode.Combine(seed, round, -1 - i));
                var session = (round * Readers) + i;
                threads.Add(OnThread(() => ReadAsync(session, random)));
            }

            threads.Add(OnThread(() => MaintainAsync(new Random(HashCode.Combine(seed, round, int.MaxValue)))));
            await Task.WhenAll(threads);

            var durable = await CloseAsync(kill: round % 2 == 1);
            survived = CheckRound(survived, durable);
        }

        return [.. _violations];
    }

    private static Task OnThread(Func<Task> work)
        => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    private async Task<IMultiVersionStore> OpenAsync()
        => await new MvStoreBuilder()
            .Configure(o =>
            {
                o.Flush.MaxEntries = 64;
                o.Flush.MaxSliceBytes = 1_000;
                o.Buffer.MemoryBudget = 40_000;
                o.GarbageCollection.RetainVersions = Retained;
                o.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
                o.Persistence.ReadPageRows = 7;
                o.Persistence.ReclaimStepVersions = 16;
            })
            .UsePersistentTier(new InMemoryTier(_storage))
            .OpenAsync();

    private async Task<ulong> CloseAsync(bool kill)
    {
        if (kill)
        {
            _storage.KillOwner();
            try
            {
                await _store.DisposeAsync();
            }
            catch (StoreFailedException)
            {
                // What was not durable is lost, as in a crash.
            }
        }
        else
        {
            await _store.FlushAsync();
            _store.Evict(0);
            _store.CheckMemory();
            await _store.DisposeAsync();
        }

        return _storage.DurableSequence;
    }

    private List<HistoryCommit> CheckRound(List<HistoryCommit> earlier, ulong durable)
    {
        var commits = earlier.Concat(_commits).ToList();
        foreach (var violation in HistoryChecker.Check(commits, _readers))
        {
            _violations.Add(violation);
        }

        if (_durablyAcknowledged > durable)
        {
            _violations.Add(new HistoryViolation("DURABLE", $"{_durablyAcknowledged} was acknowledged as durable; {durable} survived"));
        }

        var byVersion = commits.ToLookup(c => c.Version);
        foreach (var (version, keys) in _refused)
        {
            if (!byVersion[version].Any(c => c.Writes.Any(w => keys.Contains(w.Key))))
            {
                _violations.Add(new HistoryViolation("REFUSED", $"a commit at {version} was refused although nothing stands in its way"));
            }
        }

        Reads += _readers.Sum(r => (long)r.Reads.Count);
        Commits += _commits.Count;
        _commits.Clear();
        _readers.Clear();
        _refused.Clear();
        return [.. commits.Where(c => c.Sequence <= durable)];
    }

    private bool TakesPart() => Interlocked.Increment(ref _tookPart) <= transactions / Rounds;

    private async Task WriteAsync(Random random)
    {
        var held = new Queue<ulong>();
        try
        {
            while (TakesPart() && _violations.IsEmpty)
            {
                await CommitAsync(random, VersionFor(random, held));
            }
        }
        finally
        {
            Interlocked.Increment(ref _done);
        }
    }

    private ulong VersionFor(Random random, Queue<ulong> held)
    {
        switch (random.Next(10))
        {
            case 0:
                held.Enqueue(Interlocked.Add(ref _nextVersion, (ulong)random.Next(1, 3)));
                break;
            case 1 when held.Count > 0:
                return held.Dequeue();
            case 2:
                return Math.Max(1, Volatile.Read(ref _nextVersion) - Math.Min(Volatile.Read(ref _nextVersion), (ulong)random.Next(8)));
        }

        return Interlocked.Add(ref _nextVersion, (ulong)random.Next(1, 3));
    }

    private async Task CommitAsync(Random random, ulong version)
    {
        var batch = new WriteBatch();
        var keys = Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(Keys)).Distinct().ToArray();
        var begin = Interlocked.Increment(ref _event);
        var writes = new (int Key, long? Value)[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (random.Next(6) == 0)
            {
                batch.Remove(KeyOf(keys[i]));
                writes[i] = (keys[i], null);
            }
            else
            {
                batch.Set(KeyOf(keys[i]), ValueOf((begin * 100) + keys[i]));
                writes[i] = (keys[i], (begin * 100) + keys[i]);
            }
        }

        try
        {
            var late = version <= _store.VisibleVersion.Value;
            var durability = random.Next(40) == 0 ? Durability.Durable : Durability.Buffered;
            var receipt = await _store.CommitAsync(batch, version, durability);
            _commits.Add(new HistoryCommit(begin, Interlocked.Increment(ref _event), version, receipt.Sequence, writes));
            if (durability == Durability.Durable)
            {
                lock (_storage)
                {
                    _durablyAcknowledged = Math.Max(_durablyAcknowledged, receipt.Sequence);
                }
            }

            if (late)
            {
                lock (_storage)
                {
                    LateCommits++;
                }
            }
        }
        catch (DuplicateVersionException)
        {
            _refused.Add((version, keys));
        }
        catch (BelowFloorException)
        {
            lock (_storage)
            {
                BelowFloor++;
            }
        }
    }

    private async Task ReadAsync(int session, Random random)
    {
        try
        {
            while (TakesPart() && _violations.IsEmpty)
            {
                await (random.Next(6) switch
                {
                    0 => ScanAsync(session, random),
                    1 => PageAsync(session, random),
                    2 => SnapshotAsync(session, random),
                    _ => GetAsync(session, random),
                });
            }
        }
        finally
        {
            Interlocked.Increment(ref _done);
        }
    }

    private CommitVersion VersionToReadAt(Random random)
        => random.Next(3) != 0
            ? CommitVersion.Latest
            : Math.Max(1, _store.VisibleVersion.Value - Math.Min(_store.VisibleVersion.Value, (ulong)random.Next((int)Retained + 4)));

    private void Record(int session, long begin, long end, CommitVersion at, IReadOnlyList<HistoryRead> reads)
        => _readers.Add(new HistoryReader(session, begin, end, at.Value, reads));

    private async Task Try(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (BelowFloorException)
        {
            lock (_storage)
            {
                BelowFloor++;
            }
        }
    }

    private Task GetAsync(int session, Random random) => Try(async () =>
    {
        var at = VersionToReadAt(random);
        var keys = Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Next(Keys)).ToArray();
        var begin = Interlocked.Increment(ref _event);
        if (keys.Length == 1)
        {
            var row = await HistoryForms.GetAsync(_store, KeyOf(keys[0]), at, random.Next(3));
            Record(session, begin, Interlocked.Increment(ref _event), at, WithAbsent(keys, row is { } found ? [found] : []));
            return;
        }

        var rows = await _store.GetManyAsync([.. keys.Select(k => new ReadOnlyMemory<byte>(KeyOf(k)))], at);
        Record(session, begin, Interlocked.Increment(ref _event), at, WithAbsent(keys, rows));
    });

    private Task ScanAsync(int session, Random random) => Try(async () =>
    {
        var at = VersionToReadAt(random);
        var direction = random.Next(2) == 0 ? ScanDirection.Forward : ScanDirection.Reverse;
        var begin = Interlocked.Increment(ref _event);
        var rows = random.Next(2) == 0
            ? await Scans.ToListAsync(_store.ScanAsync(KeyRange.All, ReadScope.AsOf(at), direction))
            : await Portions.ToListAsync(_store.OpenScan(KeyRange.All, ReadScope.AsOf(at), direction));

        Record(session, begin, Interlocked.Increment(ref _event), at, WithAbsent(Enumerable.Range(0, Keys), rows));
    });

    // The view is captured by the first page; a token that is refused later ends the scan, and what was read so far is checked for its keys.
    private Task PageAsync(int session, Random random) => Try(async () =>
    {
        var at = VersionToReadAt(random);
        var size = random.Next(1, 12);
        var begin = Interlocked.Increment(ref _event);
        var page = await _store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(at), size);
        var end = Interlocked.Increment(ref _event);
        var rows = page.Rows.ToList();
        var covered = Keys;
        while (page.Next is { } next)
        {
            try
            {
                page = await _store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(at), size, continuation: next);
                rows.AddRange(page.Rows);
            }
            catch (BelowFloorException)
            {
                covered = rows.Count == 0 ? 0 : ReadOf(rows[^1]).Key + 1;
                break;
            }
        }

        Record(session, begin, end, at, WithAbsent(Enumerable.Range(0, covered), rows));
    });

    private Task SnapshotAsync(int session, Random random) => Try(async () =>
    {
        var at = VersionToReadAt(random);
        var begin = Interlocked.Increment(ref _event);
        using var snapshot = _store.OpenSnapshot(at, "history");
        var end = Interlocked.Increment(ref _event);
        var reads = new List<HistoryRead>();
        for (var i = 0; i < 12; i++)
        {
            var key = random.Next(Keys);
            var row = await HistoryForms.GetAsync(snapshot, KeyOf(key), random.Next(3));
            reads.Add(row is { } found ? ReadOf(found) : new HistoryRead(key, 0, 0));
            if (i % 4 == 0)
            {
                await Task.Yield();
            }
        }

        var rows = random.Next(2) == 0 ? await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All)) : await Portions.ToListAsync(snapshot.OpenScan(KeyRange.All));
        reads.AddRange(WithAbsent(Enumerable.Range(0, Keys), rows));
        Record(session, begin, end, at, reads);
    });

    private async Task MaintainAsync(Random random)
    {
        var last = 0;
        while (Volatile.Read(ref _done) < Writers + Readers)
        {
            // In step with the transactions, so that neither side starves the other whatever the machine.
            if (Volatile.Read(ref _tookPart) < last + MaintenanceEvery)
            {
                await Task.Yield();
                continue;
            }

            last = Volatile.Read(ref _tookPart);
            switch (random.Next(4))
            {
                case 0:
                    await _store.FlushAsync();
                    break;
                case 1:
                    _store.Evict(random.Next(20_000));
                    break;
                case 2:
                    _store.Evict(0);
                    break;
                default:
                    Reclaimed += (ulong)(await _store.ReclaimAsync()).ReclaimedVersions;
                    break;
            }
        }
    }
}
