using MvStore.Buffering;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Tests.Buffering;

/// <summary>A table beside the dictionary it must agree with, over records that know what they should contain.</summary>
internal sealed unsafe class RecordTableHarness : IDisposable
{
    private readonly NativeHeap _heap = new();
    private readonly Func<ReadOnlySpan<byte>, ulong> _hash;

    public RecordTableHarness(Func<ReadOnlySpan<byte>, ulong>? hash = null, int homeBitsInTag = TableSlot.TagBits)
    {
        _hash = hash ?? KeyHash.Of;
        Table = new RecordTable(_heap, _hash, homeBitsInTag);
    }

    public RecordTable Table { get; }

    public NativeHeap Heap => _heap;

    public Dictionary<string, nint> Oracle { get; } = [];

    public ulong Hash(ReadOnlySpan<byte> key) => _hash(key);

    public nint Find(ReadOnlySpan<byte> key)
    {
        using var guard = EpochGuard.Enter();
        return (nint)Table.Find(_hash(key), key);
    }

    /// <summary>A record that is in no table.</summary>
    public nint Create(byte[] key)
    {
        using var lease = _heap.Lease();
        return Create(lease, key);
    }

    public static nint Create(in HeapLease lease, ReadOnlySpan<byte> key)
    {
        var record = (NativeRecord*)lease.Allocate(SizeOf(key.Length));
        NativeRecord.Initialize(record, key, kind: 0, hasInlineEntry: false);
        return (nint)record;
    }

    public static nuint SizeOf(int keyLength) => (nuint)(NativeRecord.HeaderSize + keyLength);

    public static void MarkRemoved(nint record) => NativeRecord.MarkRemoved((NativeRecord*)record);

    /// <summary>Adds a record with a key, or again the one that is there.</summary>
    public void Add(byte[] key)
    {
        if (!Oracle.TryGetValue(Convert.ToHexString(key), out var record))
        {
            record = Create(key);
            Oracle.Add(Convert.ToHexString(key), record);
        }

        Put(key, record);
        Find(key).Should().Be(record);
    }

    /// <summary>Puts another record in the place of the one with a key, if there is one.</summary>
    public void Replace(byte[] key)
    {
        if (Oracle.TryGetValue(Convert.ToHexString(key), out var present))
        {
            var record = Create(key);
            MarkRemoved(present);
            Put(key, record);
            TakeOut(key, present).Should().BeFalse("it is in the table no more");
            Oracle[Convert.ToHexString(key)] = record;
            Free(present, key.Length);
            Find(key).Should().Be(record);
        }
    }

    public void Remove(byte[] key)
    {
        var stranger = Create(key);
        TakeOut(key, stranger).Should().BeFalse("another record with the key is not in the table");
        Free(stranger, key.Length);
        if (Oracle.Remove(Convert.ToHexString(key), out var present))
        {
            MarkRemoved(present);
            TakeOut(key, present).Should().BeTrue();
            TakeOut(key, present).Should().BeFalse("it has been taken out already");
            Free(present, key.Length);
        }

        Find(key).Should().Be(0);
    }

    public void Verify()
    {
        Table.CheckInvariants();
        Table.Count.Should().Be(Oracle.Count);
        Table.Records().ToHashSet().SetEquals(Oracle.Values).Should().BeTrue("it lists what it holds");
        foreach (var (key, record) in Oracle)
        {
            if (Find(Convert.FromHexString(key)) != record)
            {
                Assert.Fail($"{key} is not found");
            }
        }
    }

    /// <summary>With nobody reading: whether everything that was taken out is free, and nothing more.</summary>
    public void VerifyMemory()
    {
        // Other tests enter epochs too, each for a moment.
        var moved = Epochs.Current + 4;
        while (Epochs.Current < moved)
        {
            _heap.Collect();
        }

        _heap.Collect();
        _heap.UsedBytes.Should().Be(ExpectedBytes());
    }

    /// <summary>What the heap must hold when nothing waits to be freed.</summary>
    public long ExpectedBytes()
        => Table.UsedBytes + Oracle.Keys.Sum(key => (long)NativeHeap.BlockSize(SizeOf(key.Length / 2)));

    public void Dispose() => _heap.Dispose();

    private void Put(byte[] key, nint record)
    {
        using var lease = _heap.Lease();
        Table.Add(lease, _hash(key), (NativeRecord*)record);
    }

    private bool TakeOut(byte[] key, nint record)
    {
        using var lease = _heap.Lease();
        return Table.Remove(lease, _hash(key), (NativeRecord*)record);
    }

    private void Free(nint record, int keyLength)
    {
        using var lease = _heap.Lease();
        lease.Free((void*)record, SizeOf(keyLength));
    }
}
