namespace MvStore.Sqlite;

/// <summary>How far a backup has come. Both figures may grow while the store is written to.</summary>
/// <param name="CopiedBytes">Bytes copied so far.</param>
/// <param name="TotalBytes">Bytes there are to copy.</param>
public readonly record struct BackupProgress(long CopiedBytes, long TotalBytes);
