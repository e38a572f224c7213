using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>
/// The beginning of a chunk: 2 MB from the operating system, aligned to that size, so that its address follows from that of any block. Behind it
/// stand the descriptions of its pages.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = HeapPage.DescriptionSize)]
internal unsafe struct HeapChunk
{
    /// <summary>Bytes of a chunk.</summary>
    public const int Size = Pages * HeapPage.Size;

    /// <summary>Pages of a chunk.</summary>
    public const int Pages = 32;

    /// <summary>Bytes that are taken from the first page for this and the descriptions.</summary>
    public const int HeaderSize = (Pages + 2) * HeapPage.DescriptionSize;

    /// <summary>A bit for each page that is in use. Owner: the gate of <see cref="ChunkPool"/>.</summary>
    public uint PagesInUse;

    /// <summary>Neighbour among the chunks with as many pages in use. Owner: the gate of <see cref="ChunkPool"/>.</summary>
    public HeapChunk* Previous;

    /// <summary>Neighbour among the chunks with as many pages in use. Owner: the gate of <see cref="ChunkPool"/>.</summary>
    public HeapChunk* Next;

    /// <summary>The description of a page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HeapPage* PageOf(HeapChunk* chunk, int number) => (HeapPage*)(chunk + 1) + number;

    /// <summary>The chunk of a page.</summary>
    public static HeapChunk* Of(HeapPage* page) => (HeapChunk*)((nuint)page & ~(nuint)(Size - 1));

    /// <summary>The number of a page in its chunk.</summary>
    public static int NumberOf(HeapPage* page) => (int)(page - PageOf(Of(page), 0));
}
