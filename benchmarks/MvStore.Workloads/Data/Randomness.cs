using System.Runtime.CompilerServices;

namespace MvStore.Workloads.Data;

/// <summary>SplitMix64: a small generator for one thread, the same numbers for the same seed.</summary>
public struct Randomness(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15UL;

    private ulong _state = Mixing.Mix(seed + Step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next() => Mixing.Mix(_state += Step);

    /// <summary>A number from 0 to below a limit of at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Below(long limit) => (long)(((Next() >> 32) * (ulong)limit) >> 32);
}
