namespace MvStore;

/// <summary>What an examination of a commit log found.</summary>
public sealed record CommitLogReport
{
    /// <summary>The files that can be read, in the order of the log; empty in a log that was never used.</summary>
    public required IReadOnlyList<CommitLogSegment> Segments { get; init; }

    /// <summary>The version of the format in which they are written (DESIGN.md 9, Format); 0 when there are none.</summary>
    public required int Format { get; init; }

    /// <summary>Whole commits in them.</summary>
    public required long Commits { get; init; }

    /// <summary>The last publication before the first of them.</summary>
    public required ulong BaseSequence { get; init; }

    /// <summary>The last whole publication.</summary>
    public required ulong LastSequence { get; init; }

    /// <summary>The highest version up to there.</summary>
    public required CommitVersion HighestVersion { get; init; }

    /// <summary>The last publication that is known to have been on disk; 0 when that is not known. Opening tells damage from a torn end by it.</summary>
    public required ulong SyncedSequence { get; init; }

    /// <summary>At most how many bytes behind the last whole commit belong to commits that were never durable; opening cuts them.</summary>
    public required long TornBytes { get; init; }

    /// <summary>What is missing that was durable; null when nothing is.</summary>
    public required string? Damage { get; init; }

    /// <summary>Whether nothing is missing.</summary>
    public bool IsSound => Damage is null;
}
