using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>
/// What is known of one page: 64 KB of a chunk, cut into blocks of one size, which belong to one stripe as long as one of them is in use. These
/// descriptions stand together at the beginning of the chunk, one cache line each, so that pages waste no cache on a common offset.
/// </summary>
/// <remarks>Owner of every field: whoever leases the stripe; the stripe's lock orders it. <see cref="Owner"/> alone is read by others, see there.</remarks>
[StructLayout(LayoutKind.Sequential, Size = DescriptionSize)]
internal unsafe struct HeapPage
{
    /// <summary>Bytes of a page.</summary>
    public const int Size = 1 << SizeBits;

    /// <summary>Bytes of a description.</summary>
    public const int DescriptionSize = 64;

    private const int SizeBits = 16;

    /// <summary>The first free block; each holds the address of the next one. Null when there is none. Owner: the stripe.</summary>
    public byte* Free;

    /// <summary>How many blocks are in use, or wait in an inbox to be freed. Owner: the stripe.</summary>
    public int Live;

    /// <summary>Bytes of a block. Owner: the stripe, which writes it before it hands out a block; whoever has a block may read it.</summary>
    public int BlockSize;

    /// <summary>The next blocks that were never handed out begin here. Owner: the stripe.</summary>
    public byte* Unused;

    /// <summary>Behind the last block. Owner: the stripe.</summary>
    public byte* End;

    /// <summary>Neighbour in the stripe's list of pages with free blocks. Owner: the stripe.</summary>
    public HeapPage* Previous;

    /// <summary>Neighbour in the stripe's list of pages with free blocks. Owner: the stripe.</summary>
    public HeapPage* Next;

    /// <summary>
    /// The number of the stripe. Written by who holds its lease, and that of the new owner too; whoever has a block may read it, see <see cref="HeapStripe"/>.
    /// </summary>
    public byte Owner;

    /// <summary>The size class. Owner: the stripe.</summary>
    public byte SizeClass;

    /// <summary>Where the stripe keeps it. Owner: the stripe.</summary>
    public HeapPageState State;

    /// <summary>The description of the page that a block is in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HeapPage* Of(void* block)
    {
        var offset = (nuint)block & (HeapChunk.Size - 1);
        return HeapChunk.PageOf((HeapChunk*)((nuint)block - offset), (int)(offset >> SizeBits));
    }

    /// <summary>Makes a page ready for blocks of a class.</summary>
    public static void Open(HeapPage* page, int owner, int sizeClass)
    {
        var chunk = HeapChunk.Of(page);
        var number = HeapChunk.NumberOf(page);
        var start = (byte*)chunk + (number == 0 ? HeapChunk.HeaderSize : number * Size);
        var room = (int)((byte*)chunk + ((number + 1) * Size) - start);
        page->BlockSize = SizeClasses.SizeOf(sizeClass);
        page->SizeClass = (byte)sizeClass;
        page->Owner = (byte)owner;
        page->State = HeapPageState.Current;
        page->Free = null;
        page->Live = 0;
        page->Unused = start;
        page->End = start + (room / page->BlockSize * page->BlockSize);
        page->Previous = null;
        page->Next = null;
    }

    /// <summary>Makes some of the blocks that were never used free: few at a time, because each is written to.</summary>
    /// <returns>Whether there were any.</returns>
    public static bool Extend(HeapPage* page)
    {
        const int BytesAtOnce = 2048;
        var size = page->BlockSize;
        var first = page->Unused;
        if (first == page->End)
        {
            return false;
        }

        var count = Math.Min(Math.Max(1, BytesAtOnce / size), (int)(page->End - first) / size);
        var block = first;
        for (var i = 1; i < count; i++)
        {
            *(byte**)block = block + size;
            block += size;
        }

        *(byte**)block = page->Free;
        page->Free = first;
        page->Unused = block + size;
        return true;
    }
}
