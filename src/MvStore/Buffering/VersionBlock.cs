using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// The entries of a longer chain, ascending by version: this header, then the versions, densely, so that a search touches few cache lines, then the pointers.
/// Appending above the newest happens in place; any other change makes a new block.
/// <para>
/// A view may be older than the newest entries, as many as they please: it then has to step over them. So a block with room for <see cref="LeastGrouped"/> entries and more
/// has behind the pointers, for each <see cref="GroupSize"/> of its entries, the lowest of their sequences: a group whose lowest is above the view is stepped over as a whole.
/// Nothing is assumed about how sequences and versions go together. A lowest may be lower than it need be (an entry was hidden from all since), which costs a look at
/// the group; and it may fall while a reader is there, because of an entry that was appended after the reader captured its view, which it does not see.
/// </para>
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VersionBlock
{
    /// <summary>How many entries are stepped over at once.</summary>
    public const int GroupSize = 64;

    /// <summary>The least capacity with groups: before it the block is as small as it can be, and a step over all of it is short.</summary>
    public const int LeastGrouped = 2 * GroupSize;

    private const int HeaderSize = 8;

    private int _count; // Owner: whoever holds the record's lock. Release store after the slot; readers acquire.
    private int _capacity; // Never changes.

    /// <summary>How many entries fit.</summary>
    public readonly int Capacity => _capacity;

    /// <summary>The bytes a block of some capacity takes.</summary>
    public static nuint SizeOf(int capacity)
        => (nuint)HeaderSize + ((nuint)capacity * (sizeof(ulong) + (nuint)sizeof(nint))) + ((nuint)GroupCount(capacity) * sizeof(ulong));

    /// <summary>The bytes this block takes.</summary>
    public static nuint SizeOf(VersionBlock* block) => SizeOf(block->_capacity);

    /// <summary>Makes an empty block of a piece of memory.</summary>
    public static void Initialize(VersionBlock* block, int capacity)
    {
        block->_count = 0;
        block->_capacity = capacity;
    }

    /// <summary>How many entries there are. An acquire load: that many slots can be read.</summary>
    public static int CountOf(VersionBlock* block) => Volatile.Read(ref block->_count);

    /// <summary>Fetches the first lines of a block together: a search would wait for one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(VersionBlock* block)
    {
        CacheLine.Prefetch((byte*)block + CacheLine.Size);
        CacheLine.Prefetch((byte*)block + (2 * CacheLine.Size));
        CacheLine.Prefetch((byte*)block + (3 * CacheLine.Size));
    }

    /// <summary>Takes over the entries of another block, in their order, while nobody else can reach this one.</summary>
    /// <param name="block">The block; has room for them.</param>
    /// <param name="other">The other block.</param>
    /// <param name="from">The first to take over.</param>
    /// <param name="count">How many.</param>
    public static void AppendFrom(VersionBlock* block, VersionBlock* other, int from, int count)
    {
        var at = block->_count;
        new ReadOnlySpan<ulong>(VersionsOf(other) + from, count).CopyTo(new Span<ulong>(VersionsOf(block) + at, count));
        new ReadOnlySpan<nint>(EntriesOf(other) + from, count).CopyTo(new Span<nint>(EntriesOf(block) + at, count));
        AddToGroups(block, at, count, other, from);
        Volatile.Write(ref block->_count, at + count);
    }

    /// <summary>Adds an entry above the newest. The caller made sure that it fits, and holds the record's lock or is alone.</summary>
    public static void Append(VersionBlock* block, NativeEntry* entry)
    {
        var at = block->_count;
        VersionsOf(block)[at] = entry->Version;
        EntriesOf(block)[at] = (nint)entry;
        AddToGroups(block, at, 1);
        Volatile.Write(ref block->_count, at + 1);
    }

    /// <summary>The version of an entry by its place.</summary>
    public static ulong VersionAt(VersionBlock* block, int index) => VersionsOf(block)[index];

    /// <summary>An entry by its place.</summary>
    public static NativeEntry* EntryAt(VersionBlock* block, int index) => (NativeEntry*)EntriesOf(block)[index];

    /// <summary>How many of the first so many entries are at or below a version.</summary>
    public static int CountAtOrBelow(VersionBlock* block, int count, ulong version)
    {
        var versions = VersionsOf(block);
        if (versions[count - 1] <= version)
        {
            return count; // Most reads are at or above the newest version.
        }

        // A search without branches on the data: what it compares is random.
        var low = 0;
        var length = count - 1;
        while (length > 0)
        {
            var half = (length + 1) >> 1;
            low += versions[low + half - 1] <= version ? half : 0;
            length -= half;
        }

        return low;
    }

    /// <summary>The last of the first so many entries whose sequence is at or below one: the newest that a view can see.</summary>
    /// <returns>Its place, or -1 when there is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FindVisible(VersionBlock* block, int count, ulong sequence)
        => count > 0 && EntryAt(block, count - 1)->Sequence <= sequence ? count - 1 : FindVisibleBelow(block, count - 1, sequence);

    private static int FindVisibleBelow(VersionBlock* block, int count, ulong sequence)
    {
        var hasGroups = block->_capacity >= LeastGrouped;
        for (var end = count; end > 0;)
        {
            var group = (end - 1) / GroupSize;
            var start = group * GroupSize;
            if (!hasGroups || GroupsOf(block)[group] <= sequence)
            {
                for (var i = end - 1; i >= start; i--)
                {
                    if (EntryAt(block, i)->Sequence <= sequence)
                    {
                        return i;
                    }
                }
            }

            end = start;
        }

        return -1;
    }

    // Whole groups that stay together are taken over; the others are made anew.
    private static void AddToGroups(VersionBlock* block, int at, int count, VersionBlock* other, int from)
    {
        var kept = 0;
        if (at == 0 && from == 0 && block->_capacity >= LeastGrouped && other->_capacity >= LeastGrouped)
        {
            kept = count / GroupSize;
            new ReadOnlySpan<ulong>(GroupsOf(other), kept).CopyTo(new Span<ulong>(GroupsOf(block), kept));
        }

        AddToGroups(block, at + (kept * GroupSize), count - (kept * GroupSize));
    }

    // Before the count says that they are there. A plain store: readers come through the count, or see a value that is as good to them.
    private static void AddToGroups(VersionBlock* block, int from, int count)
    {
        if (block->_capacity < LeastGrouped)
        {
            return;
        }

        var groups = GroupsOf(block);
        for (var i = from; i < from + count; i++)
        {
            ref var lowest = ref groups[i / GroupSize];
            lowest = i % GroupSize == 0 ? EntryAt(block, i)->Sequence : Math.Min(lowest, EntryAt(block, i)->Sequence);
        }
    }

    private static int GroupCount(int capacity) => capacity < LeastGrouped ? 0 : (capacity + GroupSize - 1) / GroupSize;

    private static ulong* GroupsOf(VersionBlock* block) => (ulong*)(EntriesOf(block) + block->_capacity);

    private static ulong* VersionsOf(VersionBlock* block) => (ulong*)((byte*)block + HeaderSize);

    private static nint* EntriesOf(VersionBlock* block) => (nint*)(VersionsOf(block) + block->_capacity);
}
