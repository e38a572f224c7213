namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>gc --json</c>.</summary>
internal sealed record GcDocument
{
    public required string Store { get; init; }

    /// <summary>Whether it says what would happen instead of what happened.</summary>
    public required bool DryRun { get; init; }

    /// <summary>The lowest version that can be read afterwards.</summary>
    public required ulong Floor { get; init; }

    /// <summary>Leases that were honoured.</summary>
    public required int Pins { get; init; }

    public required long ReclaimedVersions { get; init; }

    /// <summary>Bytes of keys and values.</summary>
    public required long ReclaimedBytes { get; init; }

    /// <summary>What was there before, by verdict.</summary>
    public required IReadOnlyList<VerdictDocument> Versions { get; init; }
}
