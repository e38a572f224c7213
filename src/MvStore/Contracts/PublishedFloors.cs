namespace MvStore.Contracts;

/// <summary>The floors in force. Immutable; compared by reference, so that a reader can tell whether any floor has moved (I8).</summary>
/// <param name="Set">The floors.</param>
internal sealed record PublishedFloors(FloorSet Set)
{
    /// <summary>How often they rose since the store was opened.</summary>
    public ulong Generation => Set.Generation;
}
