namespace MvStore;

/// <summary>Durability was asked of a store without a persistent tier (contract D8). Nothing was applied.</summary>
public sealed class DurabilityUnavailableException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    public DurabilityUnavailableException()
        : base("This store works in memory only and cannot make anything durable. Give the builder a persistent tier, or commit with Durability.Buffered.")
    {
    }
}
