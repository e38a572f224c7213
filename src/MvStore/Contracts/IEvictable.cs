namespace MvStore.Contracts;

/// <summary>The buffer, seen from whoever keeps memory within its budget.</summary>
internal interface IEvictable
{
    /// <summary>Bytes in memory as accounted: what was taken out and waits for readers to leave is not in it.</summary>
    long AccountedBytes { get; }

    /// <summary>Bytes in memory that are not free, what waits for readers to leave included.</summary>
    long UsedBytes { get; }

    /// <summary>Drops durable entries until the buffer holds no more than some bytes, or nothing more may go (I5).</summary>
    /// <param name="targetBytes">Where to stop.</param>
    /// <param name="durable">The durable mark.</param>
    /// <param name="visible">The visible version.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <returns>The bytes dropped.</returns>
    long Evict(long targetBytes, ulong durable, CommitVersion visible, CancellationToken cancellationToken);
}
