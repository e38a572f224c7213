using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MvStore.Workloads.Data;

/// <summary>
/// What a reader keeps of a value: the id of its key, the version it was written at, and a seal over both from its far end. Making
/// one touches the first and the last cache line of the value.
/// </summary>
/// <param name="Id">The id of the key the value was written for.</param>
/// <param name="Version">The version it was written at.</param>
/// <param name="Seal">The last eight bytes.</param>
public readonly record struct ValueDigest(ulong Id, ulong Version, ulong Seal)
{
    /// <summary>100 bytes: id, version, noise, seal.</summary>
    public const int ValueLength = 100;

    public const int VersionOffset = 8;
    public const int NoiseOffset = 16;
    public const int SealOffset = ValueLength - 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValueDigest Of(ReadOnlySpan<byte> value)
    {
        if (value.Length != ValueLength)
        {
            return default;
        }

        ref var start = ref MemoryMarshal.GetReference(value);
        return new ValueDigest(
            Unsafe.ReadUnaligned<ulong>(ref start),
            Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, VersionOffset)),
            Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, SealOffset)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SealOf(ulong id, ulong version) => Mixing.Mix(id + (version * 0x9E3779B97F4A7C15UL));

    /// <summary>Whether this is a whole value of that key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOf(ulong id) => Id == id && Seal == SealOf(Id, Version);
}
