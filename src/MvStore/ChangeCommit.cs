namespace MvStore;

/// <summary>A whole commit, as a change feed tells it.</summary>
/// <param name="Position">Where to go on once it is dealt with. Positions of one enumeration ascend; they may have gaps.</param>
/// <param name="Version">Its version. Versions need not ascend: a late commit comes when it was published.</param>
/// <param name="Changes">What it did, one item per key, in key order; never empty.</param>
public sealed record ChangeCommit(ChangePosition Position, CommitVersion Version, IReadOnlyList<KeyChange> Changes);
