namespace MvStore.Tool.Rendering.Json;

/// <summary>How far the file of a store was behind its commit log.</summary>
internal sealed record LogLagDocument
{
    /// <summary>Whether the store was not closed in order, and cannot be opened without the log.</summary>
    public required bool Needed { get; init; }

    /// <summary>The last whole publication in the log.</summary>
    public required ulong LastPublication { get; init; }

    /// <summary>Publications that were in the log only.</summary>
    public required ulong Lag { get; init; }
}
