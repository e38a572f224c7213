namespace MvStore;

/// <summary>What a slice survives once a persistent tier has taken it.</summary>
public enum TierDurability
{
    /// <summary>The end of the process, not a loss of power. Such a tier cannot acknowledge a durable commit (contract D8).</summary>
    Process,

    /// <summary>A loss of power: it is synced.</summary>
    Synced,

    /// <summary>The loss of the machine or disk it was first written to.</summary>
    Replicated,
}
