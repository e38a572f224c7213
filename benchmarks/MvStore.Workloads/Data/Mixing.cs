using System.Runtime.CompilerServices;

namespace MvStore.Workloads.Data;

/// <summary>The finalizer of SplitMix64: a bijection of 64-bit words.</summary>
public static class Mixing
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong word)
    {
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9UL;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EBUL;
        return word ^ (word >> 31);
    }
}
