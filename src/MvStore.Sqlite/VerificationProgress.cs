namespace MvStore.Sqlite;

/// <summary>How far a verification has come.</summary>
/// <param name="Rows">Rows of all tables checked so far.</param>
/// <param name="TotalEntries">Entries the store says it has; nearly all of its rows.</param>
public readonly record struct VerificationProgress(long Rows, long TotalEntries);
