namespace MvStore.Contracts;

/// <summary>How far the admission floor rose.</summary>
/// <param name="Floors">The admission floors now in force.</param>
/// <param name="Drops">The drops that came into force with it.</param>
internal readonly record struct AdmissionRaise(FloorSet Floors, IReadOnlyList<KeyFloor> Drops);
