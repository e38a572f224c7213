namespace MvStore;

/// <summary>A commit that readers can see.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Deltas">What it did, in key order, one delta per key.</param>
public sealed record PublishedCommit(CommitVersion Version, ulong Sequence, IReadOnlyList<Delta> Deltas);
