namespace MvStore;

/// <summary>A strategy of reclamation, which the host supplied, failed. Nothing was reclaimed; the next run asks it again.</summary>
public sealed class GarbageCollectionStrategyException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="strategy">The name of the strategy's type.</param>
    /// <param name="inner">What it threw; null when it returned nothing.</param>
    public GarbageCollectionStrategyException(string strategy, Exception? inner)
        : base($"The strategy of reclamation {strategy} {(inner is null ? "returned no plan" : "threw")}; nothing is reclaimed until it answers.", inner)
        => Strategy = strategy;

    /// <summary>The name of the strategy's type.</summary>
    public string Strategy { get; }
}
