namespace MvStore;

/// <summary>What one step of reclamation did.</summary>
/// <param name="Next">The last key that was done, to go on behind; null when the run is finished.</param>
/// <param name="ScannedVersions">Entries looked at: all of each key that has more than one; those that are alone may be passed over, but tombstones only where deleted keys stay.</param>
/// <param name="ReclaimedVersions">Entries removed.</param>
/// <param name="ReclaimedBytes">Bytes of keys and values removed.</param>
public readonly record struct TierReclaimed(
    ReadOnlyMemory<byte>? Next,
    long ScannedVersions,
    long ReclaimedVersions,
    long ReclaimedBytes)
{
    /// <summary>
    /// Whether nothing was looked at, because no more can go than may stay (<see cref="TierReclaimStep.GarbageShare"/>). What can go is asked for again by a later run.
    /// </summary>
    /// <value>Default false.</value>
    public bool IsPutOff { get; init; }
}
