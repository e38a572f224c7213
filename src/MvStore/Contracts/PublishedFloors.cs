namespace MvStore.Contracts;

/// <summary>
/// The floors in force. Immutable; compared by reference, so that a reader can tell whether any floor has moved, or deleted keys may have gone from memory but not yet
/// from the tier, or the other way round (I8, I22).
/// </summary>
/// <param name="Set">The floors.</param>
/// <param name="ForgetsKeys">Whether deleted keys may have gone, so that a key of which nothing is found may have had older versions (I24). Once true it stays.</param>
internal sealed record PublishedFloors(FloorSet Set, bool ForgetsKeys = false)
{
    /// <summary>How often they rose since the store was opened.</summary>
    public ulong Generation => Set.Generation;
}
