namespace MvStore.Reliability.Soak;

/// <summary>An acknowledgement.</summary>
/// <param name="Outlives">Whether it outlives the process: it was acknowledged as durable or logged.</param>
/// <param name="Writer">Whose commit.</param>
/// <param name="Commit">Which one.</param>
/// <param name="Sequence">Which publication it is.</param>
internal readonly record struct SoakReceipt(bool Outlives, int Writer, ulong Commit, ulong Sequence);
