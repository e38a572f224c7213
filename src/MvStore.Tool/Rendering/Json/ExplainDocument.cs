namespace MvStore.Tool.Rendering.Json;

/// <summary>The result of <c>explain --json</c>.</summary>
internal sealed record ExplainDocument : PathDocument
{
    /// <summary>The floor of the key that reclamation would go by.</summary>
    public required ulong Floor { get; init; }

    /// <summary>The versions of the key, newest first.</summary>
    public required IReadOnlyList<ExplainedVersionDocument> Versions { get; init; }
}
