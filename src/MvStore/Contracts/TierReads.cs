namespace MvStore.Contracts;

/// <summary>
/// The way to read the persistent tier (DESIGN.md 3, The seam to the persistent tier): repeats what failed transiently, a bounded number of times, and cuts what is asked to what
/// the tier takes. A tier that completes synchronously is read synchronously. Any thread.
/// </summary>
internal sealed class TierReads(IPersistentTier tier, TierCapabilities capabilities, FailureLatch failure, TierRetryPolicy policy, TimeProvider time)
{
    private readonly StripedCounter _keys = new();
    private readonly StripedCounter _pages = new();

    /// <summary>How many keys were looked up so far.</summary>
    public long Keys => _keys.Total;

    /// <summary>How many pages were read so far.</summary>
    public long Pages => _pages.Total;

    /// <summary>See <see cref="IPersistentTier.GetAsync"/>; any number of keys.</summary>
    public ValueTask<IReadOnlyList<TierRow>> GetAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
    {
        if (keys.Count > capabilities.MaxReadKeys)
        {
            return GetInPartsAsync(keys, view, cancellationToken);
        }

        _keys.Add(keys.Count);
        return RunAsync(static (t, asked, token) => t.GetAsync(asked.keys, asked.view, token), (keys, view), cancellationToken);
    }

    /// <summary>See <see cref="IPersistentTier.ScanAsync"/>.</summary>
    public ValueTask<TierPage> ScanAsync(TierScan scan, CancellationToken cancellationToken)
    {
        _pages.Add(1);
        return RunAsync(static (t, asked, token) => t.ScanAsync(asked, token), scan, cancellationToken);
    }

    // At the same view, so it does not matter that each part sees another state of the tier: what the view sees was durable before, and stays while
    // the caller's claim to it does.
    private async ValueTask<IReadOnlyList<TierRow>> GetInPartsAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        var rows = new List<TierRow>();
        foreach (var part in keys.Chunk(capabilities.MaxReadKeys))
        {
            rows.AddRange(await GetAsync(part, view, cancellationToken).ConfigureAwait(false));
        }

        return rows;
    }

    private ValueTask<T> RunAsync<TAsked, T>(
        Func<IPersistentTier, TAsked, CancellationToken, ValueTask<T>> read,
        TAsked asked,
        CancellationToken cancellationToken)
    {
        try
        {
            var first = read(tier, asked, cancellationToken);
            return first.IsCompletedSuccessfully ? first : RepeatAsync(first.AsTask(), read, asked, cancellationToken);
        }
        catch (Exception e)
        {
            // Whatever a tier throws at once counts as its answer.
            return RepeatAsync(Task.FromException<T>(e), read, asked, cancellationToken);
        }
    }

    private async ValueTask<T> RepeatAsync<TAsked, T>(
        Task<T> first,
        Func<IPersistentTier, TAsked, CancellationToken, ValueTask<T>> read,
        TAsked asked,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return attempt == 1
                    ? await first.ConfigureAwait(false)
                    : await read(tier, asked, cancellationToken).ConfigureAwait(false);
            }
            catch (PersistentTierException e)
            {
                var reaction = policy.AfterRead(e, attempt);
                if (reaction == TierReaction.Stop)
                {
                    failure.TrySet(e);
                }

                if (reaction != TierReaction.Repeat)
                {
                    throw;
                }
            }

            await Task.Delay(policy.PauseAfter(attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }
}
