using System.Buffers.Binary;
using MvStore.Buffering;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Contract;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>
/// A buffer, one who commits to the same few keys, one who evicts and reclaims all the time, and readers who check each row they get. Every commit
/// writes every key, so what a view must see follows from the commits alone. What is published counts as durable.
/// </summary>
internal sealed class BufferTraffic(NativeHeap heap, int commits) : IDisposable
{
    private const int Keys = 5;
    private const int Retained = 24;
    private const int Slack = 300; // Commits that the committer may be ahead.

    private static readonly byte[][] KeyBytes = [.. Enumerable.Range(0, Keys).Select(k => Enumerable.Repeat((byte)k, (k * 9) + 1).ToArray())];

    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private readonly VersionBuffer _buffer = new(new KindByFirstByte(), isWhole: true, heap);

    // The version of each publication, by sequence less one. Owner: the committer, before it publishes.
    private readonly ulong[] _versions = new ulong[commits];

    // How many are published. Owner: the committer. Release store; the others acquire.
    private int _published;

    // How often somebody read, and trimmed. Interlocked. The committer keeps in step with both, so that nobody starves the others whatever the machine.
    private int _reads;
    private int _trims;

    // Whether somebody found something wrong. Only ever becomes true; volatile.
    private volatile bool _isBroken;

    // The floor. Owner: who evicts and reclaims. Full fence behind the store; readers acquire.
    private ulong _floor;

    public VersionBuffer Buffer => _buffer;

    /// <summary>How many final rows readers found.</summary>
    public long FoundFinal { get; private set; }

    /// <summary>Commits: mostly above, sometimes late.</summary>
    public void Commit(int seed) => Run(() => CommitAll(seed));

    /// <summary>Evicts and reclaims until all commits are published.</summary>
    public void Trim(int seed) => Run(() => TrimAll(seed));

    /// <summary>Reads at random views, key by key, many at once, and in order, until all commits are published.</summary>
    public void Read(int seed) => Run(() => ReadAll(seed));

    /// <summary>Takes out everything, and demands that nothing is left.</summary>
    public void Finish(long bytesBefore)
    {
        BufferInvariants.Check(_buffer);
        new BufferTrimmer(_buffer).Evict(0, (ulong)commits, ulong.MaxValue);
        BufferInvariants.Check(_buffer);
        _buffer.Tree.Count.Should().Be(0);
        heap.LiveBytes.Should().Be(bytesBefore);
    }

    public void Dispose() => _buffer.Dispose();

    private void Run(Action work)
    {
        try
        {
            work();
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }

    private void CommitAll(int seed)
    {
        var random = new Random(seed);
        var used = new HashSet<ulong>();
        ulong highest = 100;
        for (var i = 0; i < commits; i++)
        {
            while (!_isBroken && (Volatile.Read(ref _reads) < i - Slack || Volatile.Read(ref _trims) < (i - Slack) / 8))
            {
                Thread.Yield();
            }

            var version = highest + (ulong)random.Next(1, 5);
            if (random.Next(4) == 0)
            {
                // Late, and above every floor that may be set meanwhile.
                version = highest - (ulong)random.Next(Retained / 2);
            }

            if (!used.Add(version))
            {
                version = highest + 1;
                used.Add(version);
            }

            var batch = new WriteBatch();
            for (var key = 0; key < Keys; key++)
            {
                _ = IsTombstone(key, version) ? batch.Remove(KeyBytes[key]) : batch.Set(KeyBytes[key], ValueOf(key, version));
            }

            using var commit = new Released(_preparer.Prepare(batch, version));
            commit.Value.Stamp((ulong)i + 1);
            _buffer.Link(commit.Value, fresh: version > highest);
            _versions[i] = version;
            Volatile.Write(ref _published, i + 1);
            highest = Math.Max(highest, version);
        }
    }

    private void TrimAll(int seed)
    {
        var random = new Random(seed);
        var trimmer = new BufferTrimmer(_buffer);
        while (Volatile.Read(ref _published) is var published && published < commits && !_isBroken)
        {
            Interlocked.Increment(ref _trims);
            if (random.Next(2) == 0)
            {
                trimmer.Evict(random.Next(3) == 0 ? 0 : random.Next(2_000), (ulong)published, ulong.MaxValue);
            }
            else if (HighestOf(published) is var highest && highest > Retained)
            {
                Volatile.Write(ref _floor, Math.Max(_floor, highest - Retained));
                Interlocked.MemoryBarrier();
                trimmer.Reclaim(new RetentionRule(new FloorSet(_floor, []), [], new KindByFirstByte()), CancellationToken.None);
            }
        }
    }

    private void ReadAll(int seed)
    {
        var random = new Random(seed);
        var rows = new BufferedRow[Keys];
        long final = 0;
        while (Volatile.Read(ref _published) is var published && published < commits && !_isBroken)
        {
            Interlocked.Increment(ref _reads);
            var floor = Volatile.Read(ref _floor);
            var highest = HighestOf(published);
            var view = new TierView(Math.Max(floor, highest - Math.Min(highest, (ulong)random.Next(Retained))), (ulong)published);
            using var epoch = EpochGuard.Enter();
            var count = random.Next(4) switch
            {
                0 => Find(view, rows),
                1 => FindMany(view, rows),
                2 => Scan(view, rows, ScanDirection.Forward),
                _ => Scan(view, rows, ScanDirection.Reverse),
            };

            // The reader takes its time, so that what it holds has every chance to be freed too early.
            Thread.Yield();
            var isUnderFloor = Volatile.Read(ref _floor) != floor;
            var best = BestOf(view, published);
            foreach (var row in rows.AsSpan(0, count))
            {
                final += Check(row, view, best, isUnderFloor) ? 1 : 0;
            }
        }

        lock (_versions)
        {
            FoundFinal += final;
        }
    }

    private static byte[] ValueOf(int key, ulong version)
    {
        // Some live in their record, some do not.
        var value = new byte[16 + (int)(version % 7 * 60)];
        BinaryPrimitives.WriteUInt64LittleEndian(value, version);
        value.AsSpan(8).Fill((byte)(version + (ulong)key));
        return value;
    }

    private static bool IsTombstone(int key, ulong version) => (version + (ulong)key) % 11 == 0;

    private int Find(TierView view, BufferedRow[] rows)
    {
        for (var key = 0; key < Keys; key++)
        {
            rows[key] = _buffer.Find(KeyBytes[key], KeyHash.Of(KeyBytes[key]), view);
        }

        return Keys;
    }

    private int FindMany(TierView view, BufferedRow[] rows)
    {
        _buffer.FindMany([.. KeyBytes.Select(k => (ReadOnlyMemory<byte>)k)], view, rows);
        return Keys;
    }

    private int Scan(TierView view, BufferedRow[] rows, ScanDirection direction)
    {
        var cursor = _buffer.Seek(KeyRange.All, direction);
        var count = 0;
        while (count < Keys && cursor.Read(view, rows.AsSpan(count, Math.Min(2, Keys - count))) is var read && read > 0)
        {
            count += read;
        }

        for (var i = 1; i < count; i++)
        {
            var order = rows[i - 1].Key.SequenceCompareTo(rows[i].Key);
            Require(direction == ScanDirection.Forward ? order < 0 : order > 0, "keys come in order, each once");
        }

        return count;
    }

    /// <returns>Whether it is final.</returns>
    private static bool Check(BufferedRow row, TierView view, ulong best, bool isUnderFloor)
    {
        if (!row.HasEntry)
        {
            return false;
        }

        var key = row.Key[0];
        var version = row.Version.Value;
        Require(row.Key.SequenceEqual(KeyBytes[key]), "a key is what it was");
        Require(view.CanSee(version, row.Sequence), "what is found can be seen");
        Require(version <= best, "nothing is newer than the newest");
        Require(row.IsTombstone == IsTombstone(key, version), "a tombstone is one");
        Require(row.IsTombstone ? row.Value.IsEmpty : row.Value.SequenceEqual(ValueOf(key, version)), "a value is what it was");
        if (row.IsFinal && !isUnderFloor)
        {
            Require(version == best, $"a final row is the newest: {version} instead of {best}");
        }

        return row.IsFinal;
    }

    private ulong HighestOf(int published)
    {
        ulong highest = 0;
        foreach (var version in _versions.AsSpan(Math.Max(0, published - 64), Math.Min(64, published)))
        {
            highest = Math.Max(highest, version);
        }

        return highest;
    }

    private ulong BestOf(TierView view, int published)
    {
        ulong best = 0;
        foreach (var version in _versions.AsSpan(0, published))
        {
            best = version <= view.At.Value ? Math.Max(best, version) : best;
        }

        return best;
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Not so: {what}.");
        }
    }

    private sealed class Released(PreparedCommit commit) : IDisposable
    {
        public PreparedCommit Value => commit;

        public void Dispose() => commit.Release();
    }
}
