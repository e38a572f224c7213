namespace MvStore.Tests.Histories;

/// <summary>An acknowledged commit.</summary>
/// <param name="Begin">Before it was asked for, in the order of events.</param>
/// <param name="End">After it was acknowledged, in the order of events.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Writes">What it wrote, each key once; null deletes.</param>
internal sealed record HistoryCommit(long Begin, long End, ulong Version, ulong Sequence, IReadOnlyList<(int Key, long? Value)> Writes);
