namespace MvStore;

/// <summary>Durability was asked of a store without a persistent tier, or with one that does not sync what it takes (contract D8). Nothing was applied.</summary>
public sealed class DurabilityUnavailableException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    public DurabilityUnavailableException()
        : base("This store works in memory only, or with a persistent tier that does not sync, and cannot make anything durable. "
            + "Give the builder a persistent tier that does, or commit with Durability.Buffered.")
    {
    }
}
