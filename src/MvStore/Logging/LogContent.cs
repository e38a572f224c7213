namespace MvStore.Logging;

/// <summary>What a log holds.</summary>
/// <param name="Live">The segments that count, in order; empty in a new log. The first one is where reading begins.</param>
/// <param name="End">Behind the last whole commit.</param>
/// <param name="Commits">Whole commits from the first of these segments on.</param>
/// <param name="CutBytes">Bytes behind the end that are of commits that were never durable.</param>
/// <param name="Damage">What is missing that was durable; null when nothing is.</param>
internal sealed record LogContent(IReadOnlyList<LogSegment> Live, LogPosition End, long Commits, long CutBytes, string? Damage);
