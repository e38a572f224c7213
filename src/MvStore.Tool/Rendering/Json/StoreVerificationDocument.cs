namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>verify --json</c>.</summary>
internal sealed record StoreVerificationDocument
{
    public required bool Sound { get; init; }

    public required string Store { get; init; }

    /// <summary>Rows of all tables that were checked.</summary>
    public required long Rows { get; init; }

    /// <summary>The last publication the store holds.</summary>
    public required ulong DurableSequence { get; init; }

    public required ulong HighestVersion { get; init; }

    /// <summary>Publications that are in the commit log only; opening the store brings them back.</summary>
    public required ulong LogCommits { get; init; }

    public required double Seconds { get; init; }

    /// <summary>How many findings there are.</summary>
    public required long FindingCount { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<FindingDocument> Findings { get; init; }
}
