using System.Runtime.CompilerServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// The records in the order of their keys: a B+tree in unmanaged memory whose readers never wait, and which says which record is the record of a key.
/// <para>Rules:</para>
/// <list type="number">
/// <item>A node stands for one range of keys, and for the same one as long as it lives. What an inner node says never changes, but for the slots of
/// its children; a slot is stored anew only when a node of the same range takes the place of another.</item>
/// <item>A record enters a leaf that has room by one release store of the count, under the lock of that leaf alone. Everything else (a tail that is
/// merged into the sorted part, a leaf that is split, merged, or written without some of its records, an inner node that gets or loses a child) makes new nodes, fills them, and publishes
/// them by one release store of a child's slot, or of the root, under the structure lock; the leaves that were replaced are frozen after that store, and retired.</item>
/// <item>So a leaf that is not frozen is the leaf of its range, and who locks it while it is not may write it. A leaf that is frozen has got all it ever gets.</item>
/// <item>Locks, in the order in which they may be waited for: leaf, structure. Who holds the structure lock only tries further leaves.</item>
/// </list>
/// <para>
/// Why readers need no check: whatever was in the tree when a reader loaded the root, and is not taken out, it finds, however stale the nodes are that it walks. By induction on
/// the way down: the root it loads leads to every such record. A node that does, leads to the record through the one child whose range has the key, which the reader chooses, as ranges never change;
/// the slot it loads holds either the child that is there now or, if the node was replaced, the one that was there when it was, and both lead to the record. In the leaf the record is among those published, as leaves only gain. It finds no
/// key twice, because the ranges it walks follow each other without overlap. What it lacks was added after it loaded the root, hence after it
/// captured its view; and what is published after a view was captured the view does not see (I2).
/// </para>
/// Every member is to be called inside an epoch, except the constructor.
/// </summary>
internal sealed unsafe class RecordTree
{
    private readonly int _leafCapacity; // Records in a leaf, at most RecordLeaf.Slots. Set once.
    private readonly int _tailCapacity; // Records behind the sorted ones. Set once.
    private readonly int _leafMinimum; // A leaf that falls below joins a neighbour. Set once.
    private readonly TreeChange _change; // Owner: the holder of the structure lock.

    // The root, a leaf or an inner node. Owner: the holder of the structure lock. Release store; readers acquire.
    private nint _root;

    // Whether the structure lock is taken. Compare-and-swap to take it, release store to give it back.
    private int _structureLock;

    // How many leaves there are. Owner: the holder of the structure lock. Plain.
    private long _leafCount = 1;

    /// <summary>An empty tree.</summary>
    /// <param name="heap">The heap it lives in.</param>
    /// <param name="capacity">The most records in a leaf and children of an inner node, from 4 to <see cref="RecordLeaf.Slots"/>.</param>
    /// <exception cref="OutOfMemoryException">There is no memory for the first leaf.</exception>
    public RecordTree(NativeHeap heap, int capacity = RecordLeaf.Slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 4);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, RecordLeaf.Slots);
        Heap = heap;
        _leafCapacity = capacity;
        _tailCapacity = capacity / 2; // Adding is a fifth faster than with a quarter, and walking a twelfth slower.
        _leafMinimum = capacity / 4;
        _change = new TreeChange(capacity);
        using var lease = heap.Lease();
        var leaf = (RecordLeaf*)lease.Allocate(RecordLeaf.Size);
        RecordLeaf.Fill(leaf, 0, null, null, 0);
        _root = (nint)leaf;
    }

    /// <summary>The heap it lives in.</summary>
    public NativeHeap Heap { get; }

    /// <summary>How many records there are. Visits every leaf; while others change the tree it is only near.</summary>
    public long Count => CountOf(Root);

    /// <summary>The root now.</summary>
    internal nint Root
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _root);
    }

    /// <summary>Bytes of all nodes, as counted while the structure changed.</summary>
    internal long NodeBytes => (_leafCount * RecordLeaf.Size) + _change.InnerBytes;

    /// <summary>The most records in a leaf and children of an inner node.</summary>
    internal int Capacity => _leafCapacity;

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
            Restructure(lease, leaf, candidate);
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
        if (count < _leafCapacity && count - leaf->Sorted < _tailCapacity)
        {
            RecordLeaf.Append(leaf, candidate, head);
            RecordLeaf.Unlock(leaf);
        }
        else
        {
            Restructure(lease, leaf, candidate);
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
            var here = TryRemoveFromOneLeaf(lease, records);
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

    /// <summary>Puts one leaf or two in the place of one that has no room for a record as it is. The leaf is locked, and frozen in the end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private void Restructure(in HeapLease lease, RecordLeaf* leaf, NativeRecord* candidate)
    {
        var heads = stackalloc long[RecordRun.MostRecords];
        var records = stackalloc nint[RecordRun.MostRecords];
        var run = new RecordRun(heads, records);
        run.Load(leaf);
        run.Insert(candidate);
        var cut = run.Count + (_tailCapacity / 2) <= _leafCapacity ? run.Count : run.FindCut(candidate, _tailCapacity);
        RecordLeaf* left = null;
        RecordLeaf* right = null;
        var isPublished = false;
        try
        {
            left = run.MakeLeaf(lease, 0, cut);
            right = cut == run.Count ? null : run.MakeLeaf(lease, cut, run.Count - cut);
            LockStructure();
            try
            {
                _change.Seek(_root, NativeRecord.KeyOf(candidate));
                _change.Prepare(lease, 1, neighbourIsLeft: false, left, right);
                _change.Publish(ref _root);
                isPublished = true;
                RecordLeaf.Freeze(leaf);
                _leafCount += right == null ? 0 : 1;
                _change.Retire(lease);
            }
            finally
            {
                UnlockStructure();
            }

            lease.Retire(leaf, RecordLeaf.Size);
        }
        finally
        {
            if (!isPublished)
            {
                Free(lease, left);
                Free(lease, right);
                RecordLeaf.Unlock(leaf);
            }
        }
    }

    /// <returns>How many of the first records were taken out; -1 when a lock was not to be had.</returns>
    private int TryRemoveFromOneLeaf(in HeapLease lease, ReadOnlySpan<nint> records)
    {
        LockStructure();
        RecordLeaf* leaf = null;
        RecordLeaf* neighbour = null;
        try
        {
            var found = _change.Seek(_root, NativeRecord.KeyOf((NativeRecord*)records[0]));
            if (!RecordLeaf.TryLock(found))
            {
                return -1;
            }

            leaf = found;
            return RemoveFrom(lease, ref leaf, ref neighbour, records);
        }
        finally
        {
            if (leaf != null)
            {
                RecordLeaf.Unlock(leaf);
            }

            if (neighbour != null)
            {
                RecordLeaf.Unlock(neighbour);
            }

            UnlockStructure();
        }
    }

    /// <summary>Writes a leaf without some records, and together with a neighbour if that leaves too few. Locked leaves that it replaces it sets to null.</summary>
    [SkipLocalsInit]
    private int RemoveFrom(in HeapLease lease, ref RecordLeaf* leaf, ref RecordLeaf* neighbour, ReadOnlySpan<nint> records)
    {
        var heads = stackalloc long[RecordRun.MostRecords];
        var pointers = stackalloc nint[RecordRun.MostRecords];
        var run = new RecordRun(heads, pointers);
        run.Load(leaf);
        var removed = run.Remove(records);
        if (removed == 0)
        {
            return 0;
        }

        var cut = run.Count;
        var isLeft = false;
        if (run.Count < Math.Max(1, _leafMinimum) && _change.Neighbour(out isLeft) is var beside && beside != null)
        {
            if (!RecordLeaf.TryLock(beside))
            {
                return -1;
            }

            neighbour = beside;
            run.Join(neighbour, isLeft);
            cut = run.Count <= _leafCapacity * 3 / 4 ? run.Count : run.Count / 2;
        }

        RecordLeaf* left = null;
        RecordLeaf* right = null;
        var isPublished = false;
        try
        {
            left = run.MakeLeaf(lease, 0, cut);
            right = cut == run.Count ? null : run.MakeLeaf(lease, cut, run.Count - cut);
            _change.Prepare(lease, neighbour == null ? 1 : 2, isLeft, left, right);
            _change.Publish(ref _root);
            isPublished = true;
        }
        finally
        {
            if (!isPublished)
            {
                Free(lease, left);
                Free(lease, right);
            }
        }

        _leafCount += (right == null ? 1 : 2) - (neighbour == null ? 1 : 2);
        FreezeAndRetire(lease, ref leaf);
        FreezeAndRetire(lease, ref neighbour);
        _change.Retire(lease);
        return removed;
    }

    private static void FreezeAndRetire(in HeapLease lease, ref RecordLeaf* leaf)
    {
        if (leaf != null)
        {
            var replaced = leaf;
            leaf = null;
            RecordLeaf.Freeze(replaced);
            lease.Retire(replaced, RecordLeaf.Size);
        }
    }

    private static void Free(in HeapLease lease, RecordLeaf* leaf)
    {
        if (leaf != null)
        {
            lease.Free(leaf, RecordLeaf.Size);
        }
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

    private void LockStructure()
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref _structureLock) != 0 || Interlocked.CompareExchange(ref _structureLock, 1, 0) != 0)
        {
            spin.SpinOnce();
        }
    }

    private void UnlockStructure() => Volatile.Write(ref _structureLock, 0);
}
