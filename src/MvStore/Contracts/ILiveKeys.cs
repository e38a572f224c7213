namespace MvStore.Contracts;

/// <summary>The newest entries of keys over both tiers, seen from whoever looks for keys whose time is over. Each call sees everything that was published when it began. Any thread.</summary>
internal interface ILiveKeys
{
    /// <summary>The newest entries of some keys of a range, in their order, deletions included.</summary>
    /// <param name="range">The range.</param>
    /// <param name="after">The end of an earlier portion; null to begin with the first key.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>
    /// The entries. Of a key inside which the earlier portion ended, an older one than the newest may be told, if that one was published since.
    /// </returns>
    ValueTask<TierPage> ReadAsync(KeyRange range, TierPosition? after, CancellationToken cancellationToken);

    /// <summary>The newest entries, deletions included.</summary>
    /// <param name="keys">Distinct keys in ascending order.</param>
    /// <param name="upTo">The last publication that counts. What history no longer has by then is left out.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>One entry or null per key.</returns>
    ValueTask<TierRow?[]> FindAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, ulong upTo, CancellationToken cancellationToken);

    /// <summary>
    /// Whether a key has had a value without interruption since a publication: some entry that it had by then, and every later one up to the newest, is not a deletion. A yes is
    /// certain; so is a no, unless floors rose meanwhile, or history does not reach back that far.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="sequence">The publication.</param>
    /// <param name="foreseen">The floors to go by, not below those in force; null for those.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<bool> HasLivedSinceAsync(ReadOnlyMemory<byte> key, ulong sequence, FloorSet? foreseen, CancellationToken cancellationToken);
}
