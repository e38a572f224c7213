namespace MvStore;

/// <summary>A slice of whole commits, consecutive in publication order.</summary>
/// <param name="PreviousSequence">The durable mark the slice continues from.</param>
/// <param name="Sequence">The durable mark once the slice is applied.</param>
/// <param name="HighestVersion">The highest commit version of the slice, commits without rows included.</param>
/// <param name="Rows">
/// The entries of the slice, but those that retention lets go at <see cref="TierBatch.Floors"/>, ascending by key, then by version. No (key, version) occurs twice or was ever applied before. List and memory are lent: see
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

    /// <summary>
    /// Floors that rise with the slice: to be stored in the same transaction, after its drops, as by <see cref="IPersistentTier.RaiseFloorAsync"/>; all of it or nothing,
    /// since entries that only they allow to be absent are absent. Null, the default, for none: always for a tier that does not say
    /// <see cref="TierCapabilities.RaisesFloorsInSlices"/>.
    /// </summary>
    public FloorSet? Floors { get; init; }

    /// <summary>
    /// What it may let go together with the slice, in the transaction that stores <see cref="Floors"/>: an entry that it has already, below one of the slice's of the same key, if the rule, asked for the two
    /// of them and any others of the key, does not keep it. A tier need not; a run of reclamation comes to it later. Null without <see cref="Floors"/>.
    /// </summary>
    public RetentionRule? Rule { get; init; }

    /// <summary>What the tier may forget with <see cref="Floors"/>; see <see cref="IPersistentTier.RaiseFloorAsync"/>. Empty without.</summary>
    public IReadOnlyList<KeyFloor> Settled { get; init; } = [];
}
