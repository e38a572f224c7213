using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MvStore.Buffering;

/// <summary>
/// The head of a key: eight of its bytes as one number, so that nodes compare keys without touching them. Padded with zeros, so keys with
/// equal heads have to be compared themselves; biased, so that signed vector comparison orders them bytewise and unsigned.
/// </summary>
internal static unsafe class KeyHead
{
    private const ulong Bias = 1UL << 63;

    /// <summary>The head of the bytes of a key behind an offset.</summary>
    /// <param name="key">The key.</param>
    /// <param name="offset">At most its length.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of(ReadOnlySpan<byte> key, int offset)
    {
        var rest = key[offset..];
        return rest.Length >= sizeof(ulong) ? (long)(BinaryPrimitives.ReadUInt64BigEndian(rest) ^ Bias) : OfShort(rest);
    }

    /// <summary>How many of some ascending heads are below one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountBelow(long* heads, int count, long head)
        => Vector256.IsHardwareAccelerated ? CountByVectors(heads, count, head) : CountByHalving(heads, count, head);

    /// <summary>How many of some heads in any order are below one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountBelowUnordered(long* heads, int count, long head) => CountByVectors(heads, count, head);

    /// <summary>How many leading bytes of all keys must be equal, given the least and the greatest of their heads: 0 to 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CommonBytes(long least, long greatest) => System.Numerics.BitOperations.LeadingZeroCount((ulong)(least ^ greatest)) >> 3;

    private static long OfShort(ReadOnlySpan<byte> rest)
    {
        var head = 0UL;
        for (var i = 0; i < rest.Length; i++)
        {
            head |= (ulong)rest[i] << (56 - (8 * i));
        }

        return (long)(head ^ Bias);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CountByVectors(long* heads, int count, long head)
    {
        var wanted = Vector256.Create(head);
        var below = Vector256<long>.Zero;
        var i = 0;
        for (; i + Vector256<long>.Count <= count; i += Vector256<long>.Count)
        {
            below -= Vector256.LessThan(Vector256.Load(heads + i), wanted);
        }

        var result = (int)Vector256.Sum(below);
        for (; i < count; i++)
        {
            result += heads[i] < head ? 1 : 0;
        }

        return result;
    }

    private static int CountByHalving(long* heads, int count, long head)
    {
        var low = heads;
        while (count > 1)
        {
            var half = count >> 1;
            low = low[half - 1] < head ? low + half : low;
            count -= half;
        }

        return (int)(low - heads) + (count == 1 && *low < head ? 1 : 0);
    }
}
