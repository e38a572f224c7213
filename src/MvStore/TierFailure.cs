namespace MvStore;

/// <summary>The kinds of failure of a persistent tier, by what the engine does about them (contract D4).</summary>
public enum TierFailure
{
    /// <summary>Nothing was applied and trying again may help: busy, disk full. Retried with backoff.</summary>
    Transient,

    /// <summary>Whether the batch was applied is not known: a failed sync. Stops the store for writing.</summary>
    InDoubt,

    /// <summary>The data is damaged. Stops the store for writing.</summary>
    Damaged,

    /// <summary>Trying again cannot help: not a store, a newer format, no permission, another owner.</summary>
    Fatal,
}
