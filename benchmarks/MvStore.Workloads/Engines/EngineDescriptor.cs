namespace MvStore.Workloads.Engines;

/// <summary>An engine that can take part.</summary>
/// <param name="Id">Its name on the command line.</param>
/// <param name="Name">Its name in tables.</param>
/// <param name="Configuration">How it is used here, in a line.</param>
/// <param name="Traits">What it can do.</param>
/// <param name="Open">Opens an empty store.</param>
public sealed record EngineDescriptor(
    string Id,
    string Name,
    string Configuration,
    EngineTraits Traits,
    Func<EngineSettings, IWorkloadEngine> Open)
{
    /// <summary>The version of the engine, for the record.</summary>
    public required string Version { get; init; }

    /// <summary>The part of the rows that the timed load takes, for engines so slow that the whole would add nothing but time.</summary>
    public int LoadDivisor { get; init; } = 1;

    /// <summary>The same engine without its disk, or null if there is none.</summary>
    public EngineDescriptor? MemoryOnly { get; init; }

    /// <summary>Why it cannot run on this machine, or null if it can.</summary>
    public string? Unavailable { get; init; }

    public bool Has(EngineTraits traits) => (Traits & traits) == traits;
}
