namespace MvStore.Reliability.Soak;

/// <summary>What a soak saw. Written by the two tasks of a soak, each its own list, and read when they are through.</summary>
/// <param name="Seed">What the load follows from.</param>
/// <param name="Whole">How long it was to last.</param>
internal sealed record SoakResult(int Seed, TimeSpan Whole)
{
    /// <summary>The process that lives throughout.</summary>
    public List<SoakSample> Samples { get; } = [];

    /// <summary>The processes that were killed.</summary>
    public List<SoakDeath> Deaths { get; } = [];

    /// <summary>Answers of killed processes that were compared while they lived.</summary>
    public long CheckedByKilled { get; set; }

    /// <summary>The samples after warming up.</summary>
    public IReadOnlyList<SoakSample> Warm => [.. Samples.Where(s => s.Time >= SoakBounds.WarmUp(Whole))];
}
