namespace MvStore;

/// <summary>The answer of a step back (contract B4).</summary>
public readonly record struct PreviousVersion
{
    private PreviousVersion(PreviousVersionKind kind, VersionedRow row)
    {
        Kind = kind;
        Row = row;
    }

    /// <summary>There is no older version.</summary>
    public static PreviousVersion BeginningOfHistory { get; } = new(PreviousVersionKind.BeginningOfHistory, default);

    /// <summary>Older history is no longer kept.</summary>
    public static PreviousVersion Reclaimed { get; } = new(PreviousVersionKind.Reclaimed, default);

    /// <summary>What was found.</summary>
    public PreviousVersionKind Kind { get; }

    /// <summary>
    /// The older version, when <see cref="Kind"/> is <see cref="PreviousVersionKind.Value"/> or
    /// <see cref="PreviousVersionKind.Tombstone"/>; otherwise the default.
    /// </summary>
    public VersionedRow Row { get; }

    /// <summary>Whether there is a row to step on from.</summary>
    public bool HasRow => Kind is PreviousVersionKind.Value or PreviousVersionKind.Tombstone;

    /// <summary>Wraps an older version.</summary>
    /// <param name="row">The row or tombstone.</param>
    /// <returns>The answer.</returns>
    public static PreviousVersion Of(VersionedRow row)
        => new(row.IsTombstone ? PreviousVersionKind.Tombstone : PreviousVersionKind.Value, row);
}
