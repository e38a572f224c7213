namespace MvStore.Logging;

/// <summary>A file of the log, and what it is used for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">The file.</param>
/// <param name="Header">The header of its present use.</param>
internal sealed record LogSegment(string Name, LogFile File, SegmentHeader Header);
