namespace MvStore.GarbageCollection;

/// <summary>A moment on two clocks, both in ticks of 100 ns.</summary>
/// <param name="Age">On the clock that ages are counted on: it runs evenly, whatever is done to the time of day.</param>
/// <param name="Utc">The time of day, which never goes back from one moment to a later one.</param>
internal readonly record struct VersionMoment(long Age, long Utc);
