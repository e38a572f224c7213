using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>Keeps the buffer within its budget by dropping what is durable (contract D6). Any thread.</summary>
internal sealed class BufferBudget(IEvictable buffer, IDurability durability, IPublicationSource publication, long budget)
{
    // Down to this part of the budget, so that not every flush has to evict again.
    private const double Relief = 0.8;

    /// <summary>Evicts when the buffer is over its budget.</summary>
    public void Enforce()
    {
        if (buffer.AccountedBytes > budget)
        {
            EvictTo((long)(budget * Relief));
        }
    }

    /// <summary>Evicts down to some bytes, as far as I5 allows.</summary>
    /// <returns>The bytes dropped.</returns>
    public long EvictTo(long targetBytes) => buffer.Evict(targetBytes, durability.Sequence, publication.Current.Visible);
}
