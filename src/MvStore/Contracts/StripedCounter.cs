using System.Runtime.InteropServices;

namespace MvStore.Contracts;

/// <summary>Counts what many threads do, without one cache line that all of them fight for. Any thread.</summary>
internal sealed class StripedCounter
{
    private const int Stripes = 16;

    // Interlocked additions by everyone; who sums loads (acquire).
    private readonly Stripe[] _stripes = new Stripe[Stripes];

    /// <summary>All that was counted; while others count, a number that was right of each stripe at some moment of the call.</summary>
    public long Total
    {
        get
        {
            var total = 0L;
            foreach (ref var stripe in _stripes.AsSpan())
            {
                total += Volatile.Read(ref stripe.Count);
            }

            return total;
        }
    }

    /// <summary>Counts.</summary>
    public void Add(long count)
        => Interlocked.Add(ref _stripes[Environment.CurrentManagedThreadId & (Stripes - 1)].Count, count);

    // Two cache lines, because of adjacent-line prefetching.
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Stripe
    {
        public long Count;
    }
}
