namespace MvStore.Contracts;

/// <summary>
/// Lets one write to the persistent tier through at a time, and none after the first failure of unknown or final outcome (I9). Everyone who writes goes
/// through it; the failure is kept before the next writer is let in.
/// </summary>
internal sealed class TierWrites(FailureLatch failure)
{
    private readonly AsyncGate _gate = new();

    /// <summary>Runs one write.</summary>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> write, CancellationToken cancellationToken)
    {
        using var passage = await _gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        failure.ThrowIfSet();
        try
        {
            return await write().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or PersistentTierException { Failure: TierFailure.Transient }))
        {
            failure.TrySet(e);
            throw;
        }
    }

    /// <summary>Runs one write.</summary>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public async ValueTask RunAsync(Func<ValueTask> write, CancellationToken cancellationToken)
        => await RunAsync(
            async () =>
            {
                await write().ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
}
