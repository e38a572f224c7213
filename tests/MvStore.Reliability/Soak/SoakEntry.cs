namespace MvStore.Reliability.Soak;

/// <summary>An entry of a key that a plan says there is.</summary>
/// <param name="Writer">Who wrote it.</param>
/// <param name="Commit">In which of its commits, from 1.</param>
/// <param name="Version">At which version.</param>
/// <param name="Kind">A set, a removal, or a drop, which is no entry but a floor.</param>
internal readonly record struct SoakEntry(int Writer, ulong Commit, ulong Version, DeltaKind Kind);
