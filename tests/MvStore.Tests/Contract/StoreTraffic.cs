using System.Buffers.Binary;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>
/// Writers who each take the next version and write all keys of one random group, readers who open and close snapshots, and one who flushes, evicts and reclaims, on threads of
/// their own. A value says its key and its version; the keys of a group are of one version at every moment. So every row and every view can be checked by itself.
/// </summary>
internal sealed class StoreTraffic(IMultiVersionStore store, bool isPersistent, int commits)
{
    public const ulong Retained = 60;

    public const int Writers = 4;

    private const int Groups = 120;
    private const int KeysPerGroup = 4;
    private const int CommitsPerRead = 25;
    private const int CommitsPerMaintenance = 150;

    // Of each group the highest version that was committed. Owner: the lock on it.
    private readonly ulong[] _newest = new ulong[Groups];

    // Interlocked; read by all, volatile. The writers keep in step with the others, so that nobody starves whatever the machine.
    private int _begun;
    private int _reads;
    private int _maintained;
    private int _writersDone;
    private long _version;

    // Whether somebody found something wrong. Only ever becomes true; volatile.
    private volatile bool _isBroken;

    public int Refused { get; private set; }

    public long Reclaimed { get; private set; }

    public int Snapshots => Volatile.Read(ref _reads);

    // Not before the last writer is through: it may still wait for the others.
    private bool IsOver => _isBroken || Volatile.Read(ref _writersDone) == Writers;

    public Task WriteAsync(int seed) => RunAsync(async () =>
    {
        var random = new Random(seed);
        var batch = new WriteBatch(KeysPerGroup);
        while (!_isBroken && Interlocked.Increment(ref _begun) is var number && number <= commits)
        {
            while (!_isBroken && IsAhead(number))
            {
                Thread.Yield();
            }

            var version = (ulong)Interlocked.Increment(ref _version);
            var group = random.Next(Groups);
            batch.Clear();
            for (var i = 0; i < KeysPerGroup; i++)
            {
                _ = IsDeletion(group, version) ? batch.Remove(KeyOf(group, i)) : batch.Set(KeyOf(group, i), ValueOf(KeyOf(group, i), version));
            }

            try
            {
                await store.CommitAsync(batch, version);
                lock (_newest)
                {
                    _newest[group] = Math.Max(_newest[group], version);
                }
            }
            catch (BelowFloorException)
            {
                // The thread slept between taking the version and committing it.
                lock (_newest)
                {
                    Refused++;
                }
            }
        }

        Interlocked.Increment(ref _writersDone);
    });

    public Task ReadAsync(int seed) => RunAsync(async () =>
    {
        var random = new Random(seed);
        while (!IsOver)
        {
            Interlocked.Increment(ref _reads);
            var visible = store.VisibleVersion.Value;
            var at = random.Next(2) == 0 ? CommitVersion.Latest : visible - Math.Min(visible, (ulong)random.Next((int)Retained));
            try
            {
                using var snapshot = store.OpenSnapshot(at, "traffic");
                var first = await Portions.ToListAsync(snapshot.OpenScan(KeyRange.All));
                RequireWhole(first);
                for (var i = 0; i < 20; i++)
                {
                    RequireSame(first, snapshot, KeyOf(random.Next(Groups), random.Next(KeysPerGroup)));
                }

                var again = await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All, ScanDirection.Reverse));
                again.Reverse();
                Require(again.Count == first.Count, "a snapshot stays as it is");
                RequireWhole(again);
                for (var i = 0; i < again.Count; i++)
                {
                    Require(again[i].Key.Span.SequenceEqual(first[i].Key.Span) && again[i].Version == first[i].Version, "a snapshot stays as it is");
                }
            }
            catch (BelowFloorException)
            {
                // The floor passed the version before the snapshot was open.
                at.Should().NotBe(CommitVersion.Latest);
            }
        }
    });

    public Task MaintainAsync(int seed) => RunAsync(async () =>
    {
        var random = new Random(seed);
        while (!IsOver)
        {
            if (Volatile.Read(ref _begun) < Volatile.Read(ref _maintained) * CommitsPerMaintenance)
            {
                Thread.Yield();
                continue;
            }

            Interlocked.Increment(ref _maintained);
            if (isPersistent)
            {
                await store.FlushAsync();
                store.Evict(random.Next(3) == 0 ? 0 : random.Next(200_000));
            }

            Reclaimed += (await store.ReclaimAsync()).ReclaimedVersions;
        }
    });

    /// <summary>Demands that the store holds what was committed last, and that its memory fits together.</summary>
    public async Task RequireRestAsync()
    {
        store.CheckMemory();
        var rows = await Scans.ToListAsync(store.ScanAsync(KeyRange.All, ReadScope.Latest));
        RequireWhole(rows);
        var shown = rows.Where((_, i) => i % KeysPerGroup == 0).Select(row => (GroupOf(row), row.Version.Value));
        shown.Should().Equal(_newest.Select((version, group) => (group, version)).Where(g => g.version > 0 && !IsDeletion(g.group, g.version)));
    }

    private static byte[] KeyOf(int group, int index) => [(byte)group, (byte)'k', (byte)index];

    private static int GroupOf(VersionedRow row) => row.Key.Span[0];

    private static bool IsDeletion(int group, ulong version) => ((ulong)group + version) % 13 == 0;

    // Some live in their record, some do not.
    private static byte[] ValueOf(ReadOnlySpan<byte> key, ulong version)
    {
        var value = new byte[16 + (int)(version % 9 * 50)];
        value.AsSpan().Fill((byte)(version + key[0] + key[^1]));
        BinaryPrimitives.WriteUInt64LittleEndian(value, version);
        return value;
    }

    private static void RequireWhole(List<VersionedRow> rows)
    {
        Require(rows.Count % KeysPerGroup == 0, "a group is there or not");
        for (var i = 0; i < rows.Count; i++)
        {
            var first = rows[i - (i % KeysPerGroup)];
            Require(rows[i].Key.Span.SequenceEqual(KeyOf(GroupOf(first), i % KeysPerGroup)), "keys come in order, each once");
            Require(rows[i].Version == first.Version, "a group is of one version");
            Require(rows[i].Value.Span.SequenceEqual(ValueOf(rows[i].Key.Span, rows[i].Version.Value)), "a value is what it was");
        }
    }

    private static void RequireSame(List<VersionedRow> rows, ISnapshot snapshot, byte[] key)
    {
        var index = rows.FindIndex(row => row.Key.Span.SequenceEqual(key));
        var answer = snapshot.TryGet(key, out var row);
        using (row)
        {
            if (answer == MemoryAnswer.Present)
            {
                Require(index >= 0 && row.Version == rows[index].Version && row.Value.SequenceEqual(rows[index].Value.Span), "a row where it lies is the one that was scanned");
            }
            else
            {
                Require(answer == MemoryAnswer.NotInMemory || index < 0, "what was scanned is there");
            }
        }
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"Not so: {what}.");
        }
    }

    private bool IsAhead(int number)
        => Volatile.Read(ref _reads) < (number / CommitsPerRead) - 4 || Volatile.Read(ref _maintained) < (number / CommitsPerMaintenance) - 2;

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }
}
