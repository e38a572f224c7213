namespace MvStore;

/// <summary>A slice of whole commits, consecutive in publication order.</summary>
/// <param name="PreviousSequence">The durable mark the slice continues from.</param>
/// <param name="Sequence">The durable mark once the slice is applied.</param>
/// <param name="HighestVersion">The highest commit version of the slice, commits without rows included.</param>
/// <param name="Rows">
/// Every entry of the slice, ascending by key, then by version. No (key, version) occurs twice or was ever applied before. List and memory are lent: see
/// <see cref="IPersistentTier.ApplyAsync"/>.
/// </param>
public sealed record TierBatch(
    ulong PreviousSequence,
    ulong Sequence,
    CommitVersion HighestVersion,
    IReadOnlyList<TierRow> Rows)
{
    /// <summary>The floors that the slice's drops ask for, ascending by key, then by version. One may occur again, also in a later slice.</summary>
    public IReadOnlyList<KeyFloor> Drops { get; init; } = [];
}
