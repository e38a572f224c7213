namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>verify-git --json</c>.</summary>
internal sealed record VerifyDocument
{
    /// <summary>Whether the store equals git everywhere it was compared.</summary>
    public required bool Equal { get; init; }

    public required string Repository { get; init; }

    public required string Store { get; init; }

    /// <summary>Versions of the store; the commit record of each was compared.</summary>
    public required ulong Versions { get; init; }

    /// <summary>Commits of the repository that the store does not have yet.</summary>
    public required long NotImported { get; init; }

    /// <summary>Every how manyth commit was compared in full.</summary>
    public required int Every { get; init; }

    /// <summary>Commits compared in full.</summary>
    public required long Commits { get; init; }

    /// <summary>Pairs of a path and a version compared.</summary>
    public required long Paths { get; init; }

    /// <summary>Bytes of contents compared.</summary>
    public required long Bytes { get; init; }

    /// <summary>Distinct blobs fetched from git and compared byte for byte.</summary>
    public required long Blobs { get; init; }

    public required double Seconds { get; init; }

    /// <summary>How many differences there are.</summary>
    public required long DifferenceCount { get; init; }

    /// <summary>The first of them.</summary>
    public required IReadOnlyList<DifferenceDocument> Differences { get; init; }
}
