namespace MvStore;

/// <summary>Why an entry stays, or that it may go (contract E1). Where several reasons hold the first of this list is told.</summary>
public enum RetentionReason
{
    /// <summary>Its version is above the floor of its key.</summary>
    AboveFloor,

    /// <summary>It is the newest of its key at or below the floor: what a read at the floor sees.</summary>
    NewestAtFloor,

    /// <summary>It is among the versions of each key that are to stay at or below the floor.</summary>
    RetainedPerKey,

    /// <summary>An open snapshot or a running scan sees it.</summary>
    Pinned,

    /// <summary>Nobody needs it: it may go.</summary>
    Reclaimable,
}
