namespace MvStore;

/// <summary>A file of a commit log that is in use.</summary>
/// <param name="Name">Its name in the directory.</param>
/// <param name="Number">Its number; the log goes on from one to the next higher.</param>
/// <param name="Base">The last publication that has anything in an earlier file.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct CommitLogSegment(string Name, ulong Number, ulong Base, long Length);
