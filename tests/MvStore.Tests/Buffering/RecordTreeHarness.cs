using MvStore.Buffering;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>A record tree beside the sorted dictionary it must agree with.</summary>
internal sealed unsafe class RecordTreeHarness : IDisposable
{
    private readonly NativeHeap _heap = new();
    private readonly long _emptyBytes;

    public RecordTreeHarness(int capacity)
    {
        Tree = new RecordTree(_heap, capacity);
        _emptyBytes = _heap.UsedBytes;
    }

    public RecordTree Tree { get; }

    /// <summary>Every record that ever entered, in order of time.</summary>
    public List<nint> Added { get; } = [];

    /// <summary>Every key that ever left, in order of time.</summary>
    public List<byte[]> Removed { get; } = [];

    public SortedDictionary<byte[], nint> Oracle { get; } = new(BytewiseComparer.Instance);

    public void Add(byte[] key, bool approach = false)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var candidate = RecordMaker.Make(lease, key);
        var record = Tree.FindOrAdd(lease, candidate, approach ? Tree.Approach(key) : 0);
        if (Oracle.TryGetValue(key, out var present))
        {
            Require((nint)record == present, "the record that was there is returned", key);
            RecordMaker.Free(lease, candidate);
        }
        else
        {
            Require(record == candidate, "the candidate is taken", key);
            Require(Tree.Find(key) == record, "what was added is found", key);
            Oracle.Add(key, (nint)record);
            Added.Add((nint)record);
        }
    }

    /// <summary>Takes a key out; what else may be said of a record that is not there is said on the way.</summary>
    public void Remove(byte[] key)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var other = RecordMaker.Make(lease, key);
        Require(!Tree.Remove(lease, other), "another record with the key is not in the tree", key);
        RecordMaker.Free(lease, other);
        if (Oracle.Remove(key, out var present))
        {
            Require(Tree.Remove(lease, (NativeRecord*)present), "it was there", key);
            Require(!Tree.Remove(lease, (NativeRecord*)present), "it has been removed already", key);
            RecordMaker.Retire(lease, (NativeRecord*)present);
            Removed.Add(key);
        }

        Require(Tree.Find(key) == null, "what was removed is not found", key);
    }

    /// <summary>Takes out many keys at once.</summary>
    public void Remove(IEnumerable<byte[]> keys)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var records = keys.Where(Oracle.ContainsKey).Select(key => Oracle[key]).ToArray();
        Tree.Remove(lease, records).Should().Be(records.Length);
        Tree.Remove(lease, records).Should().Be(0);
        foreach (var record in records)
        {
            Removed.Add(NativeRecord.KeyOf((NativeRecord*)record).ToArray());
            Oracle.Remove(Removed[^1]);
            RecordMaker.Retire(lease, (NativeRecord*)record);
        }
    }

    /// <summary>Marks a key's record removed, puts another one in its place, and takes out the first one, which then is not there.</summary>
    public void Replace(byte[] key)
    {
        using var epoch = EpochGuard.Enter();
        using var lease = _heap.Lease();
        var present = (NativeRecord*)Oracle[key];
        RecordMaker.MarkRemoved(present);
        var candidate = RecordMaker.Make(lease, key);
        Require(Tree.FindOrAdd(lease, candidate, 0) == candidate, "a removed record is replaced", key);
        Require(Tree.Find(key) == candidate, "what was added is found", key);
        Require(!Tree.Remove(lease, present), "the removed record is not there any more", key);
        RecordMaker.Retire(lease, present);
        Oracle[key] = (nint)candidate;
        Added.Add((nint)candidate);
    }

    public void Verify()
    {
        using (EpochGuard.Enter())
        {
            Tree.CheckInvariants();
            Tree.Count.Should().Be(Oracle.Count);
            foreach (var (key, record) in Oracle)
            {
                Require((nint)Tree.Find(key) == record, "what was added is found", key);
            }
        }

        VerifyRange(KeyBounds.None);
        if (Oracle.Count == 0)
        {
            Tree.NodeBytes.Should().Be(RecordLeaf.Size, "an empty tree has one leaf");
        }
    }

    /// <summary>Frees what nobody can reach, and checks that an empty tree holds no more than a new one. While no other test is inside an epoch.</summary>
    public void VerifyEmptyAgain()
    {
        Verify();
        Collect();
        _heap.UsedBytes.Should().Be(_emptyBytes);
    }

    public void VerifyRange(KeyBounds bounds) => VerifyRange(bounds.ToRange(), bounds.Holds, bounds.ToString());

    public void VerifyRange(KeyRange range, Func<byte[], bool> holds, string because)
    {
        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            var expected = Expected(holds, direction);
            foreach (var (size, suspends) in ((int, bool)[])[(64, false), (3, false), (5, true)])
            {
                VerifyCursor(Tree.Seek(range, direction), expected, size, suspends, $"{because}, {direction}, {size} at a time");
            }
        }
    }

    /// <summary>The rows whose keys a range holds, found by looking at every row.</summary>
    public List<nint> Expected(Func<byte[], bool> holds, ScanDirection direction)
    {
        var rows = Oracle.Where(row => holds(row.Key)).Select(row => row.Value).ToList();
        if (direction == ScanDirection.Reverse)
        {
            rows.Reverse();
        }

        return rows;
    }

    public static void VerifyCursor(RecordCursor cursor, List<nint> expected, int size, bool suspends, string because)
    {
        var rows = new List<nint>();
        Span<nint> into = stackalloc nint[size];
        var epoch = EpochGuard.Enter();
        for (var count = cursor.Read(into); count > 0; count = cursor.Read(into))
        {
            rows.AddRange(into[..count]);
            if (rows.Count > expected.Count)
            {
                break;
            }

            if (suspends)
            {
                cursor.Suspend();
                epoch.Dispose();
                epoch = EpochGuard.Enter();
            }
        }

        if (!rows.SequenceEqual(expected))
        {
            Assert.Fail($"{because}: {Text(rows)} instead of {Text(expected)}");
        }

        cursor.Read(into).Should().Be(0, "a cursor at its end stays there");
        epoch.Dispose();
    }

    public void Collect()
    {
        for (var i = 0; i < 4; i++)
        {
            _heap.Collect();
        }
    }

    public void Dispose() => _heap.Dispose();

    private static string Text(List<nint> rows)
        => $"{rows.Count} rows [{string.Join(' ', rows.Take(20).Select(r => Convert.ToHexString(NativeRecord.KeyOf((NativeRecord*)r))))}]";

    private static void Require(bool condition, string because, byte[] key)
    {
        if (!condition)
        {
            Assert.Fail($"{because}: key {Convert.ToHexString(key)}");
        }
    }
}
