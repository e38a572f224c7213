namespace MvStore.Tool.Rendering.Json;

/// <summary>One hold of changes, and what it keeps.</summary>
internal sealed record ChangeHoldDocument
{
    public required string Name { get; init; }

    /// <summary>Its consumer has dealt with everything up to here: what <c>changes --after</c> takes.</summary>
    public required string Position { get; init; }

    /// <summary>The publication of that position.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>When it ends if it is not renewed.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How many publications are behind it: while there are any no floor rises, whatever else is to be kept.</summary>
    public required ulong HeldPublications { get; init; }
}
