namespace MvStore.Contracts;

/// <summary>One entry of a key as a survey meets it, without its value.</summary>
/// <param name="Version">The version it was written at.</param>
/// <param name="Sequence">The publication that wrote it.</param>
/// <param name="IsTombstone">Whether it deletes the key.</param>
/// <param name="ValueBytes">Bytes of its value; 0 for a tombstone.</param>
internal readonly record struct SurveyEntry(CommitVersion Version, ulong Sequence, bool IsTombstone, long ValueBytes);
