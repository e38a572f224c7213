using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MvStore.Buffering;

/// <summary>Asks the processor to fetch memory that will be read soon. A hint: it never faults, and does nothing where there is no such instruction.</summary>
internal static unsafe class CacheHint
{
    /// <summary>Bytes of a cache line, or a common guess.</summary>
    public const int LineSize = 64;

    /// <summary>Fetches the line an address is in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Fetches the lines of a block from its start on.</summary>
    /// <param name="start">The block.</param>
    /// <param name="size">Bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(void* start, int size)
    {
        if (Sse.IsSupported)
        {
            for (var at = 0; at < size; at += LineSize)
            {
                Sse.Prefetch0((byte*)start + at);
            }
        }
    }
}
