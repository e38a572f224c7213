using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Buffering;

/// <summary>
/// A key and its chain in unmanaged memory: this header, then the bytes of the key, then, where it is small, the entry it was born with. Writers take its
/// lock; readers never do.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeRecord
{
    /// <summary>Bytes before the key.</summary>
    public const int HeaderSize = 16;

    /// <summary>In <see cref="State"/>: locked.</summary>
    public const int LockedFlag = 1;

    /// <summary>In <see cref="State"/>: removed for good.</summary>
    public const int RemovedFlag = 2;

    /// <summary>The chain: what <see cref="NativeChain"/> makes of it. Owner: whoever holds the lock. Release store; readers acquire.</summary>
    public nint Chain;

    /// <summary>Bytes of the key. Never changes.</summary>
    public int KeyLength;

    /// <summary>The lock, whether the record has left the index for good, and which kind it counts for. Owner: the lock's holder, by interlocked operations.</summary>
    public int State;

    /// <summary>The key of a record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> KeyOf(NativeRecord* record) => new((byte*)record + HeaderSize, record->KeyLength);

    /// <summary>Whether a record has left the index for good: it is never linked to again. Set under its lock; readers acquire.</summary>
    public static bool IsRemoved(NativeRecord* record) => (Volatile.Read(ref record->State) & RemovedFlag) != 0;
}
