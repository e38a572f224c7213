namespace MvStore.Contracts;

/// <summary>The floors in force. Immutable; compared by reference, so that a reader can tell whether any floor has moved (I8).</summary>
/// <param name="Set">The floors.</param>
/// <param name="Generation">How often they rose since the store was opened.</param>
internal sealed record PublishedFloors(FloorSet Set, ulong Generation);
