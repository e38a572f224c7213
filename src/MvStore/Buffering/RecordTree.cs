using System.Runtime.CompilerServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// The records in the order of their keys: a B+tree in unmanaged memory whose readers never wait, and which says which record is the record of a key.
/// Rules:
/// <list type="number">
/// <item>A node stands for one range of keys, and for the same one as long as it lives. What an inner node says never changes, but for the slots of its
/// children; a slot is stored anew only when a node of the same range takes the place of another.</item>
/// <item>A record enters a leaf that has room by one release store of the count, under the lock of that leaf alone. Everything else (a tail that is merged into
/// the sorted part, a leaf that is split, joined, or written without some of its records, an inner node that gets or loses a child) makes new nodes, fills
/// them, and publishes them by one release store of a child's slot, or of the root, under the structure lock; the leaves that were replaced are frozen
/// after that store, and retired.</item>
/// <item>So a leaf that is not frozen is the leaf of its range, and who locks it while it is not may write it. A frozen leaf has got all it ever gets.</item>
/// <item>Locks, in the order in which they may be waited for: leaf, structure. Who holds the structure lock only tries further leaves.</item>
/// </list>
/// <para>
/// Why readers need no check: whatever was in the tree when a reader loaded the root, and is not taken out, it finds, however stale the nodes are that it
/// walks. By induction on the way down: the root it loads leads to every such record. If a node does, the record is under the one child whose range has the
/// key, and as ranges never change the reader chooses that child; its slot holds the child that is there now or, if the node was replaced, the one that was there
/// then, and both lead to the record. In the leaf the record is among those published, as leaves only gain. No key comes twice, because the ranges it
/// walks follow each other without overlap. What it lacks was added after it loaded the root, hence after it captured its view; and what is
/// published after a view was captured the view does not see (I2).
/// </para>
/// Every member but the constructor is to be called inside an epoch.
/// </summary>
internal sealed unsafe class RecordTree
{
    private readonly TreeStructure _structure;

    /// <summary>An empty tree.</summary>
    /// <param name="heap">The heap it lives in.</param>
    /// <param name="capacity">The most records in a leaf and children of an inner node, from 4 to <see cref="RecordLeaf.Slots"/>.</param>
    /// <exception cref="OutOfMemoryException">There is no memory for the first leaf.</exception>
    public RecordTree(NativeHeap heap, int capacity = RecordLeaf.Slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, RecordLeaf.Slots);
        Heap = heap;
        _structure = new TreeStructure(heap, capacity);
    }

    /// <summary>The heap it lives in.</summary>
    public NativeHeap Heap { get; }

    /// <summary>How many records there are. Visits every leaf, outside any epoch: only while nobody changes the tree, for checks.</summary>
    public long Count => CountOf(Root);

    /// <summary>Bytes of all nodes; exact while nobody changes the tree.</summary>
    public long NodeBytes => _structure.NodeBytes;

    /// <summary>The most records in a leaf and children of an inner node.</summary>
    public int Capacity => _structure.Capacity;

    /// <summary>The root now.</summary>
    public nint Root
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _structure.Root;
    }

    /// <summary>Goes to the place of a key and fetches it into the cache. Wait-free.</summary>
    /// <returns>A hint for <see cref="FindOrAdd"/>, good inside this epoch.</returns>
    public nint Approach(ReadOnlySpan<byte> key)
    {
        var leaf = LeafOf(key);
        RecordLeaf.FetchHeads(leaf);
        return (nint)leaf;
    }

    /// <summary>The record of a key, or null. It may be one that was removed. Wait-free.</summary>
    public NativeRecord* Find(ReadOnlySpan<byte> key)
    {
        var leaf = LeafOf(key);
        if (RecordLeaf.ComparePrefix(leaf, key) != 0)
        {
            return null;
        }

        var slot = RecordLeaf.SlotOf(leaf, key, KeyHead.Of(key, leaf->PrefixLength));
        return slot < 0 ? null : RecordLeaf.RecordAt(leaf, slot);
    }

    /// <summary>
    /// The record with a candidate's key. If there is none, or only a removed one, the candidate takes the place.
    /// </summary>
    /// <param name="lease">Where memory comes from.</param>
    /// <param name="candidate">A record that is ready to be found.</param>
    /// <param name="approached">What <see cref="Approach"/> said of its key, or 0.</param>
    /// <returns>The candidate, or the record that was there.</returns>
    /// <exception cref="OutOfMemoryException">There is no memory; the tree is as it was.</exception>
    public NativeRecord* FindOrAdd(in HeapLease lease, NativeRecord* candidate, nint approached)
    {
        var key = NativeRecord.KeyOf(candidate);
        var leaf = approached == 0 ? LeafOf(key) : (RecordLeaf*)approached;
        while (!RecordLeaf.Lock(leaf))
        {
            leaf = LeafOf(key); // The one before it was frozen after its successor had been published.
        }

        if (RecordLeaf.ComparePrefix(leaf, key) != 0)
        {
            _structure.Add(lease, leaf, candidate);
            return candidate;
        }

        var head = KeyHead.Of(key, leaf->PrefixLength);
        var slot = RecordLeaf.SlotOf(leaf, key, head);
        if (slot >= 0)
        {
            var present = RecordLeaf.RecordAt(leaf, slot);
            if (NativeRecord.IsRemoved(present))
            {
                RecordLeaf.Replace(leaf, slot, candidate);
                present = candidate;
            }

            RecordLeaf.Unlock(leaf);
            return present;
        }

        var count = leaf->Count;
        if (count < _structure.Capacity && count - leaf->Sorted < _structure.TailCapacity)
        {
            RecordLeaf.Append(leaf, candidate, head);
            RecordLeaf.Unlock(leaf);
        }
        else
        {
            _structure.Add(lease, leaf, candidate);
        }

        return candidate;
    }

    /// <summary>Takes out this very record.</summary>
    /// <returns>False when it is not there (any more).</returns>
    /// <exception cref="OutOfMemoryException">There is no memory; the tree is as it was.</exception>
    public bool Remove(in HeapLease lease, NativeRecord* record) => Remove(lease, [(nint)record]) == 1;

    /// <summary>Takes out these very records: those that are in one leaf at once, if they stand beside each other.</summary>
    /// <param name="lease">Where memory comes from.</param>
    /// <param name="records">The records, best in the order of their keys.</param>
    /// <returns>How many were there.</returns>
    /// <exception cref="OutOfMemoryException">There is no memory; some of the first may have been taken out.</exception>
    public int Remove(in HeapLease lease, ReadOnlySpan<nint> records)
    {
        var removed = 0;
        var spin = default(SpinWait);
        while (!records.IsEmpty)
        {
            var here = _structure.TryRemove(lease, records);
            if (here < 0)
            {
                spin.SpinOnce(); // Somebody adds to the leaf or its neighbour, and may need the structure lock for that.
                continue;
            }

            removed += here;
            records = records[Math.Max(1, here)..];
        }

        return removed;
    }

    /// <summary>A cursor before the first record of a range. It goes to its place at the first read.</summary>
    public RecordCursor Seek(KeyRange range, ScanDirection direction) => new(this, range, direction);

    /// <summary>Checks the whole tree while nobody changes it.</summary>
    /// <exception cref="InvalidOperationException">A rule is broken.</exception>
    public void CheckInvariants() => RecordTreeInvariants.Check(this);

    /// <summary>The leaf that has the range of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RecordLeaf* LeafOf(ReadOnlySpan<byte> key)
    {
        var node = Root;
        while (RecordInner.LevelOf(node) > 0)
        {
            node = RecordInner.ChildAt((RecordInner*)node, RecordInner.Route((RecordInner*)node, key));
        }

        return (RecordLeaf*)node;
    }

    private static long CountOf(nint node)
    {
        if (RecordInner.LevelOf(node) == 0)
        {
            return ((RecordLeaf*)node)->Count;
        }

        var inner = (RecordInner*)node;
        var count = 0L;
        for (var i = 0; i < inner->Count; i++)
        {
            count += CountOf(RecordInner.ChildAt(inner, i));
        }

        return count;
    }
}
