namespace MvStore.Contracts;

/// <summary>Floors that rise together with a slice: reads and commits keep to them already; the tier stores them with the slice (I35, I37).</summary>
/// <param name="Floors">The floors.</param>
/// <param name="Settled">The drops and floors of keys that the tier may forget with it; see <see cref="IPersistentTier.RaiseFloorAsync"/>.</param>
/// <param name="Rule">What may be left out of the slice. Its pins were read after the floors were published.</param>
internal sealed record PreparedFloors(FloorSet Floors, IReadOnlyList<KeyFloor> Settled, RetentionRule Rule);
