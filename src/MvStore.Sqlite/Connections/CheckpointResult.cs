namespace MvStore.Sqlite.Connections;

/// <summary>What came of copying the write-ahead log into the file.</summary>
/// <param name="IsComplete">Whether nothing is left, so that the log begins at its front again.</param>
/// <param name="FramesLeft">Frames of the log that are not in the file. Can be 0 though it is not complete: readers kept the log from being given back.</param>
internal readonly record struct CheckpointResult(bool IsComplete, int FramesLeft);
