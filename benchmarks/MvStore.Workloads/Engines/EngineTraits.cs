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

    /// <summary>Takes part in the workloads of memory.</summary>
    InMemory = 256,

    /// <summary>Is <see cref="IReclaimingEngine"/>, for versions in memory.</summary>
    ReclaimsMemory = 512,

    /// <summary>Is <see cref="IStoredEngine"/> when opened for <see cref="EngineDuty.Migration"/>.</summary>
    Migrates = 1_024,

    /// <summary>Answers from disk alone; is <see cref="IStoredEngine"/>.</summary>
    StoredReads = 2_048,

    /// <summary>Is <see cref="IReclaimingEngine"/> and <see cref="IStoredEngine"/>, for versions on disk.</summary>
    ReclaimsDisk = 4_096,

    /// <summary>May be opened for <see cref="EngineDuty.DurableCommits"/>, and opens its folder again.</summary>
    DurableCommits = 8_192,

    /// <summary>Opens a folder again that it has filled and closed before.</summary>
    Reopens = 16_384,

    /// <summary>Stays within a memory budget by moving rows to disk while it serves; is <see cref="IMemoryAccounting"/>.</summary>
    Budgeted = 32_768,

    /// <summary>Takes part in comparing commits with a commit log to commits without.</summary>
    LoggedOrNot = 65_536,

    /// <summary>Is <see cref="ILoggingEngine"/>.</summary>
    Replays = 131_072,

    /// <summary>Is <see cref="IWatchedEngine"/>.</summary>
    Watched = 262_144,

    /// <summary>Lets go of old versions by itself, as often as <see cref="EngineSettings.CollectionInterval"/> says; is <see cref="IVersionCounting"/>.</summary>
    Collects = 524_288,
}
