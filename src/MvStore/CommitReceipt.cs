namespace MvStore;

/// <summary>What a successful commit was given.</summary>
/// <param name="Version">The version the caller chose.</param>
/// <param name="Sequence">
/// The publication sequence: the place of this commit in the total order of publications, from 1 upwards. Late versions have a high
/// sequence. It is stored on disk beside the version.
/// </param>
public readonly record struct CommitReceipt(CommitVersion Version, ulong Sequence);
