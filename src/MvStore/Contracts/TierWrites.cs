namespace MvStore.Contracts;

/// <summary>
/// The way to write to the persistent tier (DESIGN.md 3, The seam to the persistent tier). Lets one write through at a time, repeats what
/// <see cref="TierRetryPolicy"/> says can be repeated, resolves what is in doubt, and lets none through after the first failure of unknown or final outcome (I9): that
/// failure is kept before the next writer is let in. Nobody is kept out during a pause.
/// </summary>
internal sealed class TierWrites(FailureLatch failure, TierRetryPolicy policy, TimeProvider time)
{
    private readonly AsyncGate _gate = new();

    /// <summary>Runs a write that must succeed, until it does.</summary>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public ValueTask RunAsync(ITierWrite write, CancellationToken cancellationToken) => RunAsync(write, mustSucceed: true, cancellationToken);

    /// <summary>Runs a write that may be done twice, a bounded number of times.</summary>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public async ValueTask<T> RunAsync<T>(Func<ValueTask<T>> write, CancellationToken cancellationToken)
    {
        var repeatable = new RepeatableWrite<T>(write);
        await RunAsync(repeatable, mustSucceed: false, cancellationToken).ConfigureAwait(false);
        return repeatable.Result;
    }

    /// <summary>Runs a write that may be done twice, a bounded number of times.</summary>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public async ValueTask RunAsync(Func<ValueTask> write, CancellationToken cancellationToken)
        => await RunAsync(
            async () =>
            {
                await write().ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    private async ValueTask RunAsync(ITierWrite write, bool mustSucceed, CancellationToken cancellationToken)
    {
        var attempts = new TierAttempts();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            failure.ThrowIfSet();
            write.Begin(++attempts.Count);
            try
            {
                await RunOnceAsync(write, attempts, mustSucceed, cancellationToken).ConfigureAwait(false);
                write.Succeed(attempts.Count);
                return;
            }
            catch (Exception e) when (!IsCancellation(e, cancellationToken))
            {
                var reaction = ReactionTo(e, attempts, mustSucceed);
                var isRepeated = reaction is TierReaction.Repeat or TierReaction.Resolve;
                write.Fail(attempts.Count, e, isRepeated);
                if (reaction == TierReaction.GiveUp && e is PersistentTierException { Failure: TierFailure.InDoubt })
                {
                    throw new PersistentTierException(
                        TierFailure.Transient, $"It is not known whether {attempts.Count} attempts to write had an effect; the write may be made again.", e);
                }

                if (!isRepeated)
                {
                    throw;
                }

                attempts.NoteFailure(e, reaction);
            }

            await Task.Delay(policy.PauseAfter(attempts.Count), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask RunOnceAsync(ITierWrite write, TierAttempts attempts, bool mustSucceed, CancellationToken cancellationToken)
    {
        using var passage = await _gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        failure.ThrowIfSet();
        try
        {
            if (attempts.MustAsk)
            {
                if (await write.HasArrivedAsync(cancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                attempts.NoteNotArrived();
            }

            await write.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!IsCancellation(e, cancellationToken) && ReactionTo(e, attempts, mustSucceed) == TierReaction.Stop)
        {
            failure.TrySet(e);
            throw;
        }
    }

    private TierReaction ReactionTo(Exception e, TierAttempts attempts, bool mustSucceed)
        => policy.AfterWrite(e, attempts.Count, mustSucceed, attempts.WasInDoubt);

    private static bool IsCancellation(Exception e, CancellationToken cancellationToken)
        => e is OperationCanceledException && cancellationToken.IsCancellationRequested;
}
