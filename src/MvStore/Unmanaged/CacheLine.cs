using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MvStore.Unmanaged;

/// <summary>Asks the processor to fetch memory that will be needed soon. Harmless for any address, also one that is not ours; nothing on processors without it.</summary>
internal static unsafe class CacheLine
{
    /// <summary>Bytes of a cache line, or a common guess.</summary>
    public const int Size = 64;

    /// <summary>Fetches the line of an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
