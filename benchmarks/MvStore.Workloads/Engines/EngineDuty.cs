namespace MvStore.Workloads.Engines;

/// <summary>What an engine is opened for, so that each can be set up for it as well as it knows.</summary>
public enum EngineDuty
{
    /// <summary>Commits and reads, as the engine is configured by default here.</summary>
    Serving,

    /// <summary>Is filled as fast as it goes, and closed.</summary>
    Filling,

    /// <summary>Keeps commits in memory until it is told to move them to disk; see <see cref="IStoredEngine"/>.</summary>
    Migration,

    /// <summary>Each commit returns when it is on disk, synced.</summary>
    DurableCommits,

    /// <summary>Lets go of old versions when it is told to, and not before; see <see cref="IReclaimingEngine"/>.</summary>
    Reclamation,
}
