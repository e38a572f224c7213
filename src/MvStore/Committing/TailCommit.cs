namespace MvStore.Committing;

/// <summary>A recent commit. Immutable.</summary>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Version">Its version.</param>
/// <param name="Deltas">What it did, in key order.</param>
/// <param name="Previous">Whoever has dealt with everything up to here misses nothing if he goes on with this commit.</param>
/// <param name="Bytes">About how much memory it takes.</param>
/// <param name="Number">How many were put into the ring before it.</param>
internal sealed record TailCommit(ulong Sequence, CommitVersion Version, IReadOnlyList<Delta> Deltas, ulong Previous, long Bytes, long Number);
