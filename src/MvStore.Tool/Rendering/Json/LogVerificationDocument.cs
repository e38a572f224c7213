namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>log verify --json</c>.</summary>
internal sealed record LogVerificationDocument
{
    public required bool Sound { get; init; }

    public required string Log { get; init; }

    /// <summary>The version of the log's format; 0 when it has no segments.</summary>
    public required int Format { get; init; }

    public required int Segments { get; init; }

    public required long Commits { get; init; }

    /// <summary>The last publication before the first that can be read.</summary>
    public required ulong BaseSequence { get; init; }

    public required ulong LastSequence { get; init; }

    /// <summary>The last publication that is known to have been on disk.</summary>
    public required ulong SyncedSequence { get; init; }

    public required ulong HighestVersion { get; init; }

    public required long TornBytes { get; init; }

    /// <summary>What is missing; absent when nothing is.</summary>
    public required string? Damage { get; init; }
}
