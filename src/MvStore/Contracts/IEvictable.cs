namespace MvStore.Contracts;

/// <summary>The buffer, seen from whoever keeps memory within its budget.</summary>
internal interface IEvictable
{
    /// <summary>Bytes in memory as accounted.</summary>
    long AccountedBytes { get; }

    /// <summary>Drops durable entries until the buffer holds no more than some bytes, or nothing more may go (I5).</summary>
    /// <param name="targetBytes">Where to stop.</param>
    /// <param name="durable">The durable mark.</param>
    /// <param name="visible">The visible version.</param>
    /// <returns>The bytes dropped.</returns>
    long Evict(long targetBytes, ulong durable, CommitVersion visible);
}
