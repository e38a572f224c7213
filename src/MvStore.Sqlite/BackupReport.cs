namespace MvStore.Sqlite;

/// <summary>What a backup holds.</summary>
/// <param name="DurableSequence">Every publication up to this one is in it, and none behind it.</param>
/// <param name="HighestVersion">The highest commit version among them.</param>
/// <param name="Bytes">The size of the file.</param>
public sealed record BackupReport(ulong DurableSequence, CommitVersion HighestVersion, long Bytes);
