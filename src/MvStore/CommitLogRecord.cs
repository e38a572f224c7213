namespace MvStore;

/// <summary>A commit in a commit log, without its keys and values.</summary>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Version">Its version.</param>
/// <param name="Rows">Keys it sets.</param>
/// <param name="Tombstones">Keys it deletes.</param>
/// <param name="Drops">Keys whose history it gives up.</param>
/// <param name="Bytes">Bytes of keys and values.</param>
public readonly record struct CommitLogRecord(ulong Sequence, CommitVersion Version, int Rows, int Tombstones, int Drops, long Bytes);
