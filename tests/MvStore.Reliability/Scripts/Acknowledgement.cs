namespace MvStore.Reliability.Scripts;

/// <summary>The store has told the application that something is durable.</summary>
/// <param name="Position">The position of the disk at that time.</param>
/// <param name="Sequence">Up to which publication.</param>
/// <param name="Floor">The floor that was in force.</param>
internal sealed record Acknowledgement(int Position, ulong Sequence, CommitVersion Floor);
