namespace MvStore.Committing;

/// <summary>A recent commit, in copies that are the reader's.</summary>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Version">Its version.</param>
/// <param name="Changes">What it did, in key order, with new values.</param>
internal sealed record TailCommit(ulong Sequence, CommitVersion Version, KeyChange[] Changes);
