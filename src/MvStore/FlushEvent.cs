namespace MvStore;

/// <summary>One event of the flusher (contract D7).</summary>
public sealed record FlushEvent
{
    /// <summary>Consecutive from 1; a gap means that a slow consumer missed events.</summary>
    public required long Number { get; init; }

    /// <summary>What happened.</summary>
    public required FlushStage Stage { get; init; }

    /// <summary>Why the flush was started.</summary>
    public required FlushTrigger Trigger { get; init; }

    /// <summary>The sequence of the first publication in the slice.</summary>
    public required ulong FirstSequence { get; init; }

    /// <summary>The sequence of the last publication in the slice.</summary>
    public required ulong LastSequence { get; init; }

    /// <summary>The lowest commit version in the slice.</summary>
    public required CommitVersion LowestVersion { get; init; }

    /// <summary>The highest commit version in the slice.</summary>
    public required CommitVersion HighestVersion { get; init; }

    /// <summary>Commits in the slice.</summary>
    public required int Commits { get; init; }

    /// <summary>Rows and tombstones in the slice.</summary>
    public required int Rows { get; init; }

    /// <summary>
    /// How many of <see cref="Rows"/> are not written, because by retention nobody could read them once the slice is durable: they are hidden by newer ones of the
    /// same slice.
    /// </summary>
    public int LeftOutRows { get; init; }

    /// <summary>Bytes of keys and values in the slice.</summary>
    public required long Bytes { get; init; }

    /// <summary>Which attempt at this slice it is, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How long the attempt took; zero for <see cref="FlushStage.Started"/>.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Why the attempt failed; null otherwise.</summary>
    public Exception? Error { get; init; }
}
