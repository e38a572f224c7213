namespace MvStore.Reliability.Scripts;

/// <summary>A commit that was published.</summary>
internal sealed record PublishedStep(ulong Sequence, Step Step);
