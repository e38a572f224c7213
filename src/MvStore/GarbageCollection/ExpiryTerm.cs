namespace MvStore.GarbageCollection;

/// <summary>A time to live, and how far it reaches back in one run.</summary>
/// <param name="Duration">For how long.</param>
/// <param name="From">From when on.</param>
/// <param name="Over">The last publication, as far as is known, that was as long ago: what began to live with it or before is over.</param>
/// <param name="Soon">The last publication after which a quarter of the time, or less, is left.</param>
internal readonly record struct ExpiryTerm(TimeSpan Duration, TimeToLiveStart From, ulong Over, ulong Soon)
{
    /// <summary>What stays the same from run to run.</summary>
    public (TimeSpan Duration, TimeToLiveStart From) Id => (Duration, From);
}
