namespace MvStore;

/// <summary>Shorter ways to call a persistent tier.</summary>
public static class PersistentTierExtensions
{
    /// <summary>Opens a tier under an epoch above all earlier ones, which the tier chooses. See <see cref="IPersistentTier.OpenAsync"/>.</summary>
    /// <param name="tier">The tier.</param>
    /// <param name="cancellationToken">Gives up, leaving no owner behind.</param>
    /// <returns>What is on disk.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="tier"/> is null.</exception>
    /// <exception cref="StoreInUseException">Someone else owns the data.</exception>
    /// <exception cref="StoreFormatException">The data is not a store, or of a newer format.</exception>
    public static ValueTask<TierState> OpenAsync(this IPersistentTier tier, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tier);
        return tier.OpenAsync(epoch: 0, cancellationToken);
    }
}
