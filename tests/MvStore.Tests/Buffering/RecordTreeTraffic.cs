using MvStore.Buffering;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>What the threads of a stress test do to a record tree, and what they demand of it.</summary>
internal static unsafe class RecordTreeTraffic
{
    /// <summary>How many keys each owner has.</summary>
    public const int Numbers = 400;

    private const int Operations = 30_000;
    private const int Scans = 900;

    /// <summary>Keys of all owners stand between each other, so that every leaf has several.</summary>
    public static byte[] Key(int number, byte owner) => [(byte)(number >> 8), (byte)number, owner];

    /// <summary>Adds a key.</summary>
    /// <returns>Its record.</returns>
    public static nint Add(RecordTree tree, byte[] key, bool approach = false)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = tree.Heap.Lease();
        var candidate = RecordMaker.Make(lease, key);
        var record = tree.FindOrAdd(lease, candidate, approach ? tree.Approach(key) : 0);
        if (record != candidate)
        {
            RecordMaker.Free(lease, candidate);
        }

        return (nint)record;
    }

    /// <summary>Adds, replaces and takes out an owner's keys, and all of them in the end.</summary>
    public static void Write(RecordTree tree, Random random, byte owner)
    {
        var own = new nint[Numbers];
        for (var i = 0; i < Operations; i++)
        {
            var number = random.Next(Numbers);
            if (own[number] == 0)
            {
                own[number] = Add(tree, Key(number, owner), approach: i % 2 == 0);
            }
            else if (random.Next(3) == 0)
            {
                own[number] = Replace(tree, (NativeRecord*)own[number]);
            }
            else
            {
                Remove(tree, own, number, random.Next(8));
            }

            if (i % 64 == 0)
            {
                tree.Heap.Collect();
                Thread.Yield();
            }
        }

        Remove(tree, own, 0, Numbers);
    }

    /// <summary>Whether a key is found.</summary>
    public static bool Has(RecordTree tree, byte[] key)
    {
        using var epoch = EpochGuard.Enter();
        return tree.Find(key) != null;
    }

    /// <summary>Checks a tree at rest.</summary>
    public static void Verify(RecordTree tree, int count)
    {
        using var epoch = EpochGuard.Enter();
        tree.CheckInvariants();
        tree.Count.Should().Be(count);
    }

    private static nint Replace(RecordTree tree, NativeRecord* present)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = tree.Heap.Lease();
        RecordMaker.MarkRemoved(present);
        var candidate = RecordMaker.Make(lease, NativeRecord.KeyOf(present));
        Require(tree.FindOrAdd(lease, candidate, 0) == candidate, "a removed record is replaced");
        Require(!tree.Remove(lease, present), "it is not there any more");
        RecordMaker.Retire(lease, present);
        return (nint)candidate;
    }

    private static void Remove(RecordTree tree, nint[] own, int from, int count)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = tree.Heap.Lease();
        var records = own.Skip(from).Take(count).Where(r => r != 0).ToArray();
        Require(tree.Remove(lease, records) == records.Length, "nobody else takes them out");
        foreach (var record in records)
        {
            RecordMaker.Retire(lease, (NativeRecord*)record);
        }

        own.AsSpan(from, Math.Min(count, own.Length - from)).Clear();
    }

    /// <summary>Takes out everything, a read of a cursor at a time.</summary>
    public static void RemoveAll(RecordTree tree)
    {
        var into = new nint[RecordCursor.MostRecords];
        var cursor = tree.Seek(KeyRange.All, ScanDirection.Forward);
        using var epoch = EpochGuard.Enter();
        using var lease = tree.Heap.Lease();
        for (var count = cursor.Read(into); count > 0; count = cursor.Read(into))
        {
            Require(tree.Remove(lease, into.AsSpan(0, count)) == count, "they are there");
            foreach (var record in into.AsSpan(0, count))
            {
                RecordMaker.Retire(lease, (NativeRecord*)record);
            }
        }
    }

    /// <summary>Walks ranges; owner 0 never takes out a key.</summary>
    public static void Read(RecordTree tree, Random random, int reader)
    {
        for (var scan = 0; scan < Scans; scan++)
        {
            var low = random.Next(Numbers);
            var high = random.Next(low, Numbers);
            var range = KeyRange.Between(Key(low, 0), true, Key(high, 0), true);
            VerifyScan(tree.Seek(range, (ScanDirection)((scan + reader) % 2)), low, high, (scan + reader) % 2 == 0, random);
        }
    }

    private static void VerifyScan(RecordCursor cursor, int low, int high, bool forward, Random random)
    {
        var step = forward ? 1 : -1;
        var awaited = forward ? low : high;
        byte[]? previous = null;
        var into = new nint[1 + random.Next(64)];
        var suspends = random.Next(3) == 0;
        var epoch = EpochGuard.Enter();
        for (var count = cursor.Read(into); count > 0; count = cursor.Read(into))
        {
            Thread.Yield();
            foreach (var record in into.AsSpan(0, count))
            {
                var key = NativeRecord.KeyOf((NativeRecord*)record).ToArray();
                Require(key.Length == 3, "a record is what it was");
                Require(previous is null || BytewiseComparer.Instance.Compare(key, previous) * step > 0, "keys come in order, each once");
                if (key[2] == 0)
                {
                    Require(key.AsSpan().SequenceEqual(Key(awaited, 0)), "nothing that stays is left out");
                    awaited += step;
                }

                previous = key;
            }

            if (suspends)
            {
                cursor.Suspend();
                epoch.Dispose();
                epoch = EpochGuard.Enter();
            }
        }

        epoch.Dispose();
        Require(awaited == (forward ? high + 1 : low - 1), "a scan goes to the end");
    }

    private static void Require(bool condition, string because)
    {
        if (!condition)
        {
            Assert.Fail(because);
        }
    }
}
