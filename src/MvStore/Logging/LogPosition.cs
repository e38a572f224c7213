namespace MvStore.Logging;

/// <summary>A place between two commits of the log.</summary>
/// <param name="Segment">The number of the segment; 0 when there is none.</param>
/// <param name="Offset">The place in its file.</param>
/// <param name="Chain">The checksum of the last frame before it.</param>
/// <param name="Sequence">The last publication before it.</param>
/// <param name="Highest">The highest version of the publications before it.</param>
internal readonly record struct LogPosition(ulong Segment, long Offset, uint Chain, ulong Sequence, CommitVersion Highest);
