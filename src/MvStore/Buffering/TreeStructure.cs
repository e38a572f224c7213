using System.Runtime.CompilerServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// The root of a <see cref="RecordTree"/>, and all that changes its structure: leaves are replaced by one or two, joined with a neighbour, written
/// without some of their records. Everything is allocated before anything is changed; one release store publishes it.
/// </summary>
internal sealed unsafe class TreeStructure
{
    private readonly int _leafMinimum; // A leaf that falls below joins a neighbour. Set once.
    private readonly TreeChange _change; // Owner: the holder of the structure lock.

    // The root, a leaf or an inner node. Owner: the holder of the structure lock. Release store; readers acquire.
    private nint _root;

    // Whether the structure lock is taken. Compare-and-swap to take it, release store to give it back.
    private int _lock;

    // How many leaves there are. Owner: the holder of the structure lock. Plain.
    private long _leafCount = 1;

    /// <summary>One empty leaf.</summary>
    /// <param name="heap">The heap it lives in.</param>
    /// <param name="capacity">The most records in a leaf and children of an inner node.</param>
    /// <exception cref="OutOfMemoryException">There is no memory for the first leaf.</exception>
    public TreeStructure(NativeHeap heap, int capacity)
    {
        Capacity = capacity;

        // Against a quarter: in walking and adding no difference that held in repeated runs (benchmarks/LIMITS.md).
        TailCapacity = capacity / 2;
        _leafMinimum = Math.Max(1, capacity / 4);
        _change = new TreeChange(capacity);
        using var lease = heap.Lease();
        var leaf = (RecordLeaf*)lease.Allocate(RecordLeaf.Size);
        RecordLeaf.Fill(leaf, 0, null, null, 0);
        _root = (nint)leaf;
    }

    /// <summary>The root now. Wait-free.</summary>
    public nint Root
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _root);
    }

    /// <summary>The most records in a leaf and children of an inner node.</summary>
    public int Capacity { get; }

    /// <summary>The most records in a leaf behind those that are in order.</summary>
    public int TailCapacity { get; }

    /// <summary>Bytes of all nodes, as counted while the structure changed; exact while nobody changes it.</summary>
    public long NodeBytes => (_leafCount * RecordLeaf.Size) + _change.InnerBytes;

    /// <summary>Puts one leaf or two in the place of one that has no room for a record as it is. The leaf is locked, and frozen in the end.</summary>
    /// <param name="lease">Where memory comes from.</param>
    /// <param name="leaf">The leaf, not frozen, locked by the caller.</param>
    /// <param name="candidate">A record whose key is in the leaf's range, but not in the leaf.</param>
    /// <exception cref="OutOfMemoryException">There is no memory; the tree is as it was, and the leaf unlocked.</exception>
    [SkipLocalsInit]
    public void Add(in HeapLease lease, RecordLeaf* leaf, NativeRecord* candidate)
    {
        var heads = stackalloc long[RecordRun.MostRecords];
        var records = stackalloc nint[RecordRun.MostRecords];
        var run = new RecordRun(heads, records);
        run.Load(leaf);
        run.Insert(candidate);
        var cut = run.Count + (TailCapacity / 2) <= Capacity ? run.Count : run.FindCut(candidate, TailCapacity);
        RecordLeaf* left = null;
        RecordLeaf* right = null;
        var isPublished = false;
        try
        {
            left = run.MakeLeaf(lease, 0, cut);
            right = cut == run.Count ? null : run.MakeLeaf(lease, cut, run.Count - cut);
            TakeLock();
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
                GiveLockBack();
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

    /// <summary>Takes out the first of some records, and those behind it that are in the same leaf, up to the first that is not there.</summary>
    /// <param name="lease">Where memory comes from.</param>
    /// <param name="records">The records.</param>
    /// <returns>How many were taken out; -1 when somebody held a lock that was needed.</returns>
    /// <exception cref="OutOfMemoryException">There is no memory; the tree is as it was.</exception>
    public int TryRemove(in HeapLease lease, ReadOnlySpan<nint> records)
    {
        TakeLock();
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

            GiveLockBack();
        }
    }

    /// <summary>Writes a leaf without some records, together with a neighbour if that leaves too few. Sets to null the leaves that it replaces.</summary>
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
        if (run.Count < _leafMinimum && _change.Neighbour(out isLeft) is var beside && beside != null)
        {
            if (!RecordLeaf.TryLock(beside))
            {
                return -1;
            }

            neighbour = beside;
            run.Join(neighbour, isLeft);
            cut = run.Count <= Capacity * 3 / 4 ? run.Count : run.Count / 2;
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

    private void TakeLock()
    {
        var spin = default(SpinWait);
        while (Volatile.Read(ref _lock) != 0 || Interlocked.CompareExchange(ref _lock, 1, 0) != 0)
        {
            spin.SpinOnce();
        }
    }

    private void GiveLockBack() => Volatile.Write(ref _lock, 0);
}
