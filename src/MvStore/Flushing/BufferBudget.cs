using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>Keeps the buffer within its budget by dropping what is durable (contract D6). Any thread.</summary>
/// <param name="buffer">The buffer.</param>
/// <param name="durability">What is durable; null without a persistent tier, when nothing may be dropped.</param>
/// <param name="publication">What is visible.</param>
/// <param name="reading">What else takes of the budget.</param>
/// <param name="waiting">What is not durable yet; null without a persistent tier.</param>
/// <param name="budget">Bytes to keep within.</param>
/// <param name="limit">Bytes at which commits wait.</param>
internal sealed class BufferBudget(IEvictable buffer, IDurability? durability, IPublicationSource publication, IReadMemory reading, IUnflushed? waiting, long budget, long limit)
{
    // Down to this part of the budget, so that not every flush has to evict again.
    private const double Relief = 0.8;

    // What waits to be flushed gets as much room again, and its copies: each transaction of the persistent tier writes most pages it meets, so a larger slice costs little more than a small one.
    private const int RoomForWaiting = 4;

    // But this part of the limit stays for what is durable.
    private const int LeastDurable = 8;

    /// <summary>Evicts when the buffer is over its budget, or has no room for a commit that waits.</summary>
    /// <param name="wantedBytes">What the commit needs; 0 when none waits.</param>
    /// <param name="cancellationToken">Ends it at the next step.</param>
    /// <returns>Whether memory became free.</returns>
    public bool Enforce(long wantedBytes, CancellationToken cancellationToken)
    {
        var before = buffer.UsedBytes;
        var others = reading.HeldBytes;
        var most = (long)(budget * Relief);
        var demand = RoomForWaiting * (waiting?.WaitingBytes ?? 0);
        var target = Math.Max(0, Math.Clamp(most - demand, Math.Min(limit / LeastDurable, most), most) - others);
        if (wantedBytes > 0)
        {
            target = Math.Clamp(limit - wantedBytes - (limit / 8) - others, 0, target);
        }

        if (before > budget - others || wantedBytes > 0)
        {
            Evict(target, cancellationToken);
        }

        return buffer.UsedBytes < before;
    }

    /// <summary>Evicts down to some bytes, as far as I5 allows.</summary>
    /// <returns>The bytes dropped.</returns>
    public long EvictTo(long targetBytes) => Evict(targetBytes, CancellationToken.None);

    private long Evict(long targetBytes, CancellationToken cancellationToken)
        => buffer.Evict(targetBytes, durability?.Sequence ?? 0, publication.Current.Visible, cancellationToken);
}
