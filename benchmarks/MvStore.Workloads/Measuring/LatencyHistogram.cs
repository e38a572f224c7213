using System.Numerics;
using System.Runtime.CompilerServices;

namespace MvStore.Workloads.Measuring;

/// <summary>
/// Counts durations in nanoseconds, after HdrHistogram: 64 linear buckets for each power of two, so a percentile is right to 1.6 %;
/// the longest is exact. For one thread; merge afterwards.
/// </summary>
public sealed class LatencyHistogram
{
    private const int SubBucketBits = 6;
    private const int SubBuckets = 1 << SubBucketBits;

    private readonly long[] _counts = new long[(64 - SubBucketBits) * SubBuckets];

    public long Count { get; private set; }

    public long Longest { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long nanoseconds)
    {
        _counts[BucketOf(nanoseconds)]++;
        Count++;
        if (nanoseconds > Longest)
        {
            Longest = nanoseconds;
        }
    }

    public void Merge(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
        Longest = Math.Max(Longest, other.Longest);
    }

    /// <summary>The duration that a part of all durations does not exceed.</summary>
    /// <param name="part">From 0 to 1.</param>
    public long Percentile(double part)
    {
        var rank = (long)Math.Ceiling(Count * part);
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(UpperEndOf(i), Longest);
            }
        }

        return Longest;
    }

    private static int BucketOf(long value)
    {
        if (value < SubBuckets)
        {
            return (int)Math.Max(value, 0);
        }

        var shift = BitOperations.Log2((ulong)value) - SubBucketBits;
        return ((shift + 1) << SubBucketBits) + (int)((value >> shift) & (SubBuckets - 1));
    }

    private static long UpperEndOf(int bucket)
    {
        var row = bucket >> SubBucketBits;
        var column = bucket & (SubBuckets - 1);
        return row == 0 ? column : ((long)(SubBuckets + column + 1) << (row - 1)) - 1;
    }
}
