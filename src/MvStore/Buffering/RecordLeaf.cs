using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// A leaf of <see cref="RecordTree"/> in unmanaged memory: the records of a range of keys, first those that were there when it was made, in order, then a
/// tail of those added since, as they came. All keys share the leaf's prefix; the heads are the eight bytes behind it.
/// <para>
/// Adding writes the head and the pointer of the next free slot and then publishes both by one release store of the count. A slot once published changes
/// only to a record of the same key. The range a leaf stands for never changes; a leaf that will not do any more is replaced, and frozen: who is inside
/// goes on reading it, who wants to write goes down the tree again.
/// </para>
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RecordLeaf
{
    /// <summary>The most records a leaf has room for: so many that a leaf just fills a block of the heap.</summary>
    public const int Slots = 62;

    /// <summary>Bytes a leaf takes, whatever is in it: one size, so that the block of an old leaf fits a new one.</summary>
    public const int Size = 64 + (Slots * 2 * sizeof(long));

    private const int Free = 0;
    private const int Locked = 1;
    private const int Frozen = 2;
    private const int KeptPrefix = 44;

    /// <summary>0: what tells a leaf from an inner node. Never changes.</summary>
    public int Level;

    // Free, locked or frozen. Owner: whoever locks it, by compare-and-swap; release store on unlocking and freezing. Frozen is for good.
    private int _state;

    // Records in order at the beginning. Never changes.
    private int _sorted;

    // Records published. Owner: the lock's holder. Release store after the slot; readers acquire.
    private int _count;

    /// <summary>How many first bytes all keys share; those the heads leave out. Never changes.</summary>
    public int PrefixLength;

    // The first bytes of the prefix; of a longer one the rest is in any key. Never changes.
    private fixed byte _prefix[KeptPrefix];

    // A head per slot. Owner: the lock's holder. Plain stores before the count is published; readers load the count first.
    private fixed long _heads[Slots];

    // A record per slot. Owner: the lock's holder. Before the count is published plain stores, then release stores; readers acquire.
    private fixed long _records[Slots];

    /// <summary>Records published.</summary>
    public readonly int Count => Volatile.Read(in _count);

    /// <summary>Records in order at the beginning.</summary>
    public readonly int Sorted => _sorted;

    /// <summary>Whether it was replaced.</summary>
    public readonly bool IsFrozen => Volatile.Read(in _state) == Frozen;

    /// <summary>Whether somebody holds its lock.</summary>
    public readonly bool IsLocked => Volatile.Read(in _state) == Locked;

    /// <summary>The heads of a leaf's records.</summary>
    public static long* HeadsOf(RecordLeaf* leaf) => leaf->_heads;

    /// <summary>The record in a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NativeRecord* RecordAt(RecordLeaf* leaf, int slot) => (NativeRecord*)Volatile.Read(ref leaf->_records[slot]);

    /// <summary>Puts another record of the same key into a published slot. Under the lock.</summary>
    public static void Replace(RecordLeaf* leaf, int slot, NativeRecord* record) => Volatile.Write(ref leaf->_records[slot], (long)record);

    /// <summary>Fetches the part of a leaf that a search looks at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FetchHeads(RecordLeaf* leaf) => Fetch(leaf, 64 + (Slots * sizeof(long)));

    /// <summary>Fetches a whole leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FetchAll(RecordLeaf* leaf) => Fetch(leaf, Size);

    /// <summary>Makes a leaf that nobody can reach yet.</summary>
    /// <param name="leaf">A block of <see cref="Size"/> bytes.</param>
    /// <param name="prefixLength">How many first bytes all keys share.</param>
    /// <param name="heads">Their heads, ascending.</param>
    /// <param name="records">The records, ascending.</param>
    /// <param name="count">How many.</param>
    public static void Fill(RecordLeaf* leaf, int prefixLength, long* heads, nint* records, int count)
    {
        leaf->Level = 0;
        leaf->_state = Free;
        leaf->_sorted = count;
        leaf->_count = count;
        leaf->PrefixLength = prefixLength;
        new ReadOnlySpan<long>(heads, count).CopyTo(new Span<long>(leaf->_heads, Slots));
        for (var i = 0; i < count; i++)
        {
            leaf->_records[i] = records[i];
        }

        if (prefixLength > 0)
        {
            NativeRecord.KeyOf((NativeRecord*)records[0])[..Math.Min(prefixLength, KeptPrefix)].CopyTo(new Span<byte>(leaf->_prefix, KeptPrefix));
        }
    }

    /// <summary>Takes the lock, waiting for whoever holds it: for as long as a copy of a leaf takes at most.</summary>
    /// <returns>False when the leaf is frozen.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Lock(RecordLeaf* leaf)
        => Interlocked.CompareExchange(ref leaf->_state, Locked, Free) == Free || LockLater(leaf);

    /// <summary>Takes the lock if it is free.</summary>
    public static bool TryLock(RecordLeaf* leaf) => Interlocked.CompareExchange(ref leaf->_state, Locked, Free) == Free;

    /// <summary>Gives the lock back.</summary>
    public static void Unlock(RecordLeaf* leaf) => Volatile.Write(ref leaf->_state, Free);

    /// <summary>Gives the lock back for good, after another leaf has taken this one's place.</summary>
    public static void Freeze(RecordLeaf* leaf) => Volatile.Write(ref leaf->_state, Frozen);

    /// <summary>Compares the beginning of a key with the prefix.</summary>
    /// <returns>0 when the key begins with it; below 0 when the key is less than every key of the leaf, above 0 when it is greater than every one.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ComparePrefix(RecordLeaf* leaf, ReadOnlySpan<byte> key)
    {
        var length = leaf->PrefixLength;
        if (length == 0)
        {
            return 0;
        }

        return length <= KeptPrefix && key.Length >= length
            ? key[..length].SequenceCompareTo(new ReadOnlySpan<byte>(leaf->_prefix, length))
            : CompareLongPrefix(leaf, key);
    }

    /// <summary>The slot of a key among the published ones.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="key">A key that begins with the prefix.</param>
    /// <param name="head">Its head.</param>
    /// <returns>The slot, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SlotOf(RecordLeaf* leaf, ReadOnlySpan<byte> key, long head)
    {
        var count = leaf->Count;
        var sorted = leaf->_sorted;
        var heads = leaf->_heads;
        var slot = KeyHead.CountBelow(heads, sorted, head);
        if (slot < sorted && heads[slot] == head)
        {
            slot = SlotAmongEqual(leaf, slot, key, head);
            if (slot >= 0)
            {
                return slot;
            }
        }

        for (slot = sorted; slot < count; slot++)
        {
            if (heads[slot] == head && NativeRecord.KeyOf(RecordAt(leaf, slot)).SequenceEqual(key))
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Adds a record behind the last one. Under the lock, with a slot free, and a key that begins with the prefix and is not there.</summary>
    public static void Append(RecordLeaf* leaf, NativeRecord* record, long head)
    {
        var slot = leaf->_count;
        leaf->_heads[slot] = head;
        leaf->_records[slot] = (long)record;
        Volatile.Write(ref leaf->_count, slot + 1); // Publishes the slot and what the record holds.
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(RecordLeaf* leaf, int size)
    {
        for (var at = 0; at < size; at += CacheLine.Size)
        {
            CacheLine.Prefetch((byte*)leaf + at);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool LockLater(RecordLeaf* leaf)
    {
        var spin = default(SpinWait);
        while (true)
        {
            var state = Volatile.Read(ref leaf->_state);
            if (state == Frozen)
            {
                return false;
            }

            if (state == Free && TryLock(leaf))
            {
                return true;
            }

            spin.SpinOnce();
        }
    }

    private static int CompareLongPrefix(RecordLeaf* leaf, ReadOnlySpan<byte> key)
    {
        // A leaf with a prefix has a record, and the first key has all of the prefix.
        var prefix = NativeRecord.KeyOf(RecordAt(leaf, 0))[..leaf->PrefixLength];
        return key[..Math.Min(key.Length, prefix.Length)].SequenceCompareTo(prefix);
    }

    private static int SlotAmongEqual(RecordLeaf* leaf, int slot, ReadOnlySpan<byte> key, long head)
    {
        var end = slot + 1;
        while (end < leaf->_sorted && leaf->_heads[end] == head)
        {
            end++;
        }

        while (slot < end)
        {
            var middle = (slot + end) >> 1;
            var order = NativeRecord.KeyOf(RecordAt(leaf, middle)).SequenceCompareTo(key);
            if (order == 0)
            {
                return middle;
            }

            (slot, end) = order < 0 ? (middle + 1, end) : (slot, middle);
        }

        return -1;
    }
}
