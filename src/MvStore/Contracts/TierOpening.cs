namespace MvStore.Contracts;

/// <summary>Opens the persistent tier, again if it fails transiently, a bounded number of times.</summary>
internal static class TierOpening
{
    public static async ValueTask<TierState> OpenAsync(
        IPersistentTier tier,
        MvStoreOptions options,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var policy = TierRetryPolicy.Of(options, new TierCapabilities());
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await tier.OpenAsync(options.Persistence.Epoch, cancellationToken).ConfigureAwait(false);
            }
            catch (PersistentTierException e) when (policy.AfterOpening(e, attempt, options.Persistence.Epoch) == TierReaction.Repeat)
            {
                // The last failure is thrown; one that is followed by success concerns nobody.
            }

            await Task.Delay(policy.PauseAfter(attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
