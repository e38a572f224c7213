namespace MvStore;

/// <summary>What stepping back from a version found (contract B4).</summary>
public enum PreviousVersionKind
{
    /// <summary>There is no older version: the key's history begins after it.</summary>
    BeginningOfHistory,

    /// <summary>The older version has a value.</summary>
    Value,

    /// <summary>The older version is a deletion. Stepping on from it is possible.</summary>
    Tombstone,

    /// <summary>
    /// The step leads below the floor, where history is no longer kept; or nothing is found down to the floor, and the key may have been deleted at or below it and have
    /// gone for good.
    /// </summary>
    Reclaimed,
}
