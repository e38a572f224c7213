namespace MvStore.Tests.Histories;

/// <summary>
/// A read-only transaction: everything it read came from one view. <see cref="Begin"/> and <see cref="End"/> are places in one total order of
/// events that agrees with real time.
/// </summary>
/// <param name="Session">Whose transaction it is; a session's transactions follow each other.</param>
/// <param name="Begin">Before the view was captured.</param>
/// <param name="End">After the view was captured.</param>
/// <param name="At">The version that was asked for; the highest number for "latest".</param>
/// <param name="Reads">What it read.</param>
internal sealed record HistoryReader(int Session, long Begin, long End, ulong At, IReadOnlyList<HistoryRead> Reads);
