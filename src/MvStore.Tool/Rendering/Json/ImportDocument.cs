namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>import-git --json</c>.</summary>
internal sealed record ImportDocument
{
    public required string Repository { get; init; }

    public required string Reference { get; init; }

    public required bool Shallow { get; init; }

    public required string Store { get; init; }

    /// <summary>Commits this run stored.</summary>
    public required ulong Commits { get; init; }

    /// <summary>Versions of the store, all runs together.</summary>
    public required ulong Versions { get; init; }

    public required ulong DurableVersion { get; init; }

    /// <summary>Paths of the newest version.</summary>
    public required long Paths { get; init; }

    /// <summary>Values and tombstones this run wrote.</summary>
    public required long Entries { get; init; }

    /// <summary>Bytes of file contents this run wrote.</summary>
    public required long Bytes { get; init; }

    public required double Seconds { get; init; }

    public required long StoreBytes { get; init; }
}
