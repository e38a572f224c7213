using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MvStore.Contracts;

/// <summary>
/// The hash of a key: multiply and fold, 16 bytes a round, after wyhash (Wang Yi, public domain). Both factors are seeded, anew in each process: with one of them
/// known, keys that make it zero would all get the same hash, whatever the other is. So nobody outside can choose keys that collide, and a hash is never
/// written down.
/// </summary>
internal static class KeyHash
{
    private const ulong First = 0xA076_1D64_78BD_642F;
    private const ulong Second = 0xE703_7ED1_A0B4_28DB;
    private const int Round = 2 * sizeof(ulong);

    private static readonly ulong LeftSeed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private static readonly ulong RightSeed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The hash of a key. Every bit is good.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ReadOnlySpan<byte> key) => Of(key, LeftSeed, RightSeed);

    /// <summary>The hash of a key with given seeds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Of(ReadOnlySpan<byte> key, ulong leftSeed, ulong rightSeed)
    {
        ref var start = ref MemoryMarshal.GetReference(key);
        return key.Length == Round
            ? Finish(Load(ref start, 0), Load(ref start, sizeof(ulong)), Round, leftSeed, rightSeed)
            : OfAnyLength(ref start, key.Length, leftSeed, rightSeed);
    }

    // The last round covers the last 16 bytes, part of which an earlier round may have seen; the length tells keys apart that look alike because of that.
    private static ulong OfAnyLength(ref byte start, int length, ulong leftSeed, ulong rightSeed)
    {
        if (length > Round)
        {
            var state = leftSeed;
            for (var at = 0; at < length - Round; at += Round)
            {
                state = Fold(Load(ref start, at) ^ state, Load(ref start, at + sizeof(ulong)) ^ rightSeed);
            }

            return Finish(Load(ref start, length - Round), Load(ref start, length - sizeof(ulong)), length, state, rightSeed);
        }

        if (length >= sizeof(ulong))
        {
            return Finish(Load(ref start, 0), Load(ref start, length - sizeof(ulong)), length, leftSeed, rightSeed);
        }

        if (length >= sizeof(uint))
        {
            return Finish(LoadHalf(ref start, 0), LoadHalf(ref start, length - sizeof(uint)), length, leftSeed, rightSeed);
        }

        // Up to three bytes: the first, the middle and the last.
        var bytes = length == 0
            ? 0UL
            : start | ((ulong)Unsafe.Add(ref start, length / 2) << 8) | ((ulong)Unsafe.Add(ref start, length - 1) << 16);
        return Finish(bytes, 0, length, leftSeed, rightSeed);
    }

    // A single fold leaves traces of its factors in neighbouring bits; the second, by a factor that cannot be zero, spreads them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Finish(ulong left, ulong right, int length, ulong leftSeed, ulong rightSeed)
        => Fold(Fold(left ^ leftSeed, right ^ rightSeed) ^ First, (ulong)length ^ Second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(ref byte start, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint LoadHalf(ref byte start, int at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
