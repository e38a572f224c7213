using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Buffering;

/// <summary>
/// The entries of a longer chain, ascending by version: this header, then the versions, densely, so that a search touches few cache lines, then the pointers.
/// Appending above the newest happens in place; any other change makes a new block.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VersionBlock
{
    private const int HeaderSize = 8;

    private int _count; // Owner: whoever holds the record's lock. Release store after the slot; readers acquire.
    private int _capacity; // Never changes.

    /// <summary>How many entries fit.</summary>
    public readonly int Capacity => _capacity;

    /// <summary>The bytes a block of some capacity takes.</summary>
    public static nuint SizeOf(int capacity) => (nuint)(HeaderSize + (capacity * (sizeof(ulong) + sizeof(nint))));

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
        Volatile.Write(ref block->_count, at + count);
    }

    /// <summary>Adds an entry above the newest. The caller made sure that it fits, and holds the record's lock or is alone.</summary>
    public static void Append(VersionBlock* block, NativeEntry* entry)
    {
        var at = block->_count;
        VersionsOf(block)[at] = entry->Version;
        EntriesOf(block)[at] = (nint)entry;
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

    private static ulong* VersionsOf(VersionBlock* block) => (ulong*)((byte*)block + HeaderSize);

    private static nint* EntriesOf(VersionBlock* block) => (nint*)(VersionsOf(block) + block->_capacity);
}
