namespace MvStore.Workloads.Engines;

/// <summary>What an engine can do beyond commits and point reads.</summary>
[Flags]
public enum EngineTraits
{
    None = 0,

    /// <summary>Keeps versions and reads at any of them.</summary>
    Versions = 1,

    /// <summary>Keeps versions, but reads only at states held with <see cref="IHeldSnapshots"/>.</summary>
    HeldVersions = 2,

    /// <summary>Readers are <see cref="IRangeReader"/>.</summary>
    Ranges = 4,

    /// <summary>Readers are <see cref="IVersionWalker"/>.</summary>
    Walks = 8,

    /// <summary>Readers are <see cref="IVersionStepper"/>.</summary>
    Steps = 16,

    /// <summary>Readers are <see cref="IOwnedReader"/>.</summary>
    OwnedReads = 32,

    /// <summary>Lets go of versions nobody can see while it runs, and is <see cref="IHeldSnapshots"/>.</summary>
    Reclaims = 64,

    /// <summary>Readers are <see cref="ICopyReader"/>.</summary>
    CopiedReads = 128,
}
