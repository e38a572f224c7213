namespace MvStore.Tests.Histories;

/// <summary>What one read of one key answered.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The version of the row; 0 when there was none.</param>
/// <param name="Value">The value of the row; 0 when there was none.</param>
internal readonly record struct HistoryRead(int Key, ulong Version, long Value);
