namespace MvStore.Reading;

/// <summary>What one pass over history found.</summary>
/// <param name="Commits">The commits with entries, in publication order.</param>
/// <param name="Reached">There is no other one up to here.</param>
internal readonly record struct ChangePass(IReadOnlyList<ScannedCommit> Commits, ulong Reached);
