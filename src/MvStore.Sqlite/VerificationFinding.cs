namespace MvStore.Sqlite;

/// <summary>One thing that is not as it was written.</summary>
/// <param name="Where">The table, or <c>file</c>, <c>schema</c> or <c>mark</c>.</param>
/// <param name="Problem">What is wrong; never key or value bytes (contract F8).</param>
/// <param name="Key">The key of the row as stored, so its bytes may be what is damaged; null when it is not about one key.</param>
/// <param name="Version">The version of the row as stored; null when it is not about one row.</param>
public sealed record VerificationFinding(string Where, string Problem, ReadOnlyMemory<byte>? Key = null, CommitVersion? Version = null);
