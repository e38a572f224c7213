namespace MvStore.Contracts;

/// <summary>Looks keys up in both tiers, seen from the committer of a late version.</summary>
internal interface IVersionLookup
{
    /// <summary>The newest entries a view can see, tombstones included.</summary>
    /// <param name="keys">Distinct keys in ascending order.</param>
    /// <param name="view">What can be seen; with the highest sequence, also what is not published yet.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>One entry or null per key.</returns>
    ValueTask<TierRow?[]> FindManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken);
}
