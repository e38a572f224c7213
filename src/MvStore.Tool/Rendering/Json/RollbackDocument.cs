namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>rollback --json</c>.</summary>
internal sealed record RollbackDocument
{
    public required string Store { get; init; }

    /// <summary>Whether it says what would happen instead of what happened.</summary>
    public required bool DryRun { get; init; }

    /// <summary>The version whose state is restored.</summary>
    public required ulong To { get; init; }

    /// <summary>The version it is restored as.</summary>
    public required ulong Version { get; init; }

    public required long SetKeys { get; init; }

    public required long RemovedKeys { get; init; }

    /// <summary>Bytes of keys and values that are written.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of a dry run, the limit because of which it would be refused; absent if it would not.</summary>
    public required string? ExceededLimit { get; init; }
}
