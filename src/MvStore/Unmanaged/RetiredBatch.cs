using System.Runtime.InteropServices;

namespace MvStore.Unmanaged;

/// <summary>
/// Some retired blocks with one stamp. The blocks themselves cannot be chained: readers may still be in them. Owner of every field: whoever leases the
/// stripe; the stripe's lock orders it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RetiredBatch
{
    /// <summary>Bytes of a batch with its blocks.</summary>
    public const int Size = 2048;

    /// <summary>The most blocks of a batch.</summary>
    public const int Capacity = (Size - HeaderSize) / BlockSize;

    private const int HeaderSize = 32;
    private const int BlockSize = 16;

    /// <summary>The next younger batch of the stripe, or null. Owner: the stripe.</summary>
    public RetiredBatch* Next;

    /// <summary>The epoch at or after which the youngest of the blocks was unlinked. Owner: the stripe.</summary>
    public long Stamp;

    /// <summary>Bytes of the blocks. Owner: the stripe.</summary>
    public long Bytes;

    /// <summary>How many blocks. Owner: the stripe.</summary>
    public int Count;

    /// <summary>How many of them are free by now. Owner: the stripe.</summary>
    public int Freed;

    /// <summary>The blocks of a batch.</summary>
    public static RetiredBlock* BlocksOf(RetiredBatch* batch) => (RetiredBlock*)((byte*)batch + HeaderSize);
}
