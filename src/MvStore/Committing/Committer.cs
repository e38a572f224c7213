using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Runs a commit from validation to its acknowledgement (DESIGN.md 3, Commit). Goal: any number of threads commit at once and wait for
/// nothing but room and, if asked, durability. Outline: prepare; reserve room in memory and log, if it is short; begin; link; finish; wait for durability. Late versions
/// take the detour of <see cref="LateCommitChecker"/> before they begin.
/// </summary>
internal sealed class Committer(
    CommitLimits limits,
    CommitPreparer preparer,
    CommitSequencer sequencer,
    ICommitTarget buffer,
    LateCommitChecker lateCommits,
    ICommitGate gate,
    IDurability? durability,
    IDurability? logged = null) : IWatchedCommits
{
    /// <summary>Publishes a batch; see <see cref="IMultiVersionCommit.CommitAsync"/>.</summary>
    public ValueTask<CommitReceipt> CommitAsync(WriteBatch batch, CommitVersion version, Durability requested, CancellationToken cancellationToken)
        => CommitAsync(batch, version, requested, watch: null, cancellationToken);

    /// <summary>The same, but only if its watch was not overtaken when this begins (I60).</summary>
    /// <exception cref="CommitOvertakenException">It was.</exception>
    public ValueTask<CommitReceipt> CommitAsync(
        WriteBatch batch,
        CommitVersion version,
        Durability requested,
        CommitWatch? watch,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CommitLimits.RequireCommittable(version);
        limits.RequireWithinLimits(batch);
        var awaited = AwaitedBy(requested);
        cancellationToken.ThrowIfCancellationRequested();

        var commit = PrepareWithinLimits(batch, version, watch);
        return commit.Footprint <= gate.FreePass
            ? RunAsync(commit, awaited, cancellationToken)
            : ReserveAndRunAsync(commit, awaited, cancellationToken);
    }

    /// <summary>Publishes a batch and waits on the caller's thread, which does itself what it would wait for where it can; see <see cref="IMultiVersionCommit.Commit"/>.</summary>
    public CommitReceipt Commit(WriteBatch batch, CommitVersion version, Durability requested, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var awaited = AwaitedBy(requested);
        var receipt = ResultOf(CommitAsync(batch, version, Durability.Buffered, cancellationToken));
        if (awaited is null)
        {
            return receipt;
        }

        // Who may be called away must not be stuck in a sync.
        if (!cancellationToken.CanBeCanceled)
        {
            awaited.Bring(receipt.Sequence);
        }

        return ResultOf(awaited.WaitAsync(receipt.Sequence, version, cancellationToken));
    }

    /// <summary>Demands that a commit could be as durable as that, before anything is worked out for it.</summary>
    /// <exception cref="DurabilityUnavailableException">It could not.</exception>
    public void RequireAvailable(Durability requested) => _ = AwaitedBy(requested);

    /// <summary>
    /// Begins to publish again what was published before, while the store is being opened. Neither refused nor held back: it was acknowledged. In the order it had;
    /// a version that is not above all that began only when nothing is in flight.
    /// </summary>
    /// <param name="commit">The commit.</param>
    /// <param name="sequence">The place it had in the order of publications.</param>
    public void BeginReplayed(InFlightCommit commit, ulong sequence) => sequencer.BeginReplayed(commit, sequence);

    /// <summary>Links and publishes what was begun so, beside others. Waits for nothing.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="failure">
    /// Is set before a commit that cannot be linked is published as a no-op (I1): then the persistent tier does not get past it, and it is in the log still.
    /// </param>
    public void ApplyReplayed(InFlightCommit commit, FailureLatch failure)
    {
        try
        {
            buffer.Link(commit, commit.IsFresh);
        }
        catch (Exception e)
        {
            failure.TrySet(e);
            buffer.Unlink(commit);
            sequencer.Complete(commit, aborted: true);
            commit.Release();
            throw;
        }

        sequencer.Complete(commit);
        commit.Release();
    }

    /// <inheritdoc/>
    public Task WatchAsync(CommitWatch watch) => sequencer.Watch(watch);

    /// <inheritdoc/>
    public void EndWatch(CommitWatch watch) => sequencer.EndWatch(watch);

    /// <inheritdoc/>
    public async ValueTask<WatchedOutcome> TryCommitAsync(WriteBatch batch, CommitVersion version, CommitWatch watch, CancellationToken cancellationToken)
    {
        // The keys are stored already, so what the host allows for new ones is of no account.
        CommitLimits.RequireCommittable(version);
        cancellationToken.ThrowIfCancellationRequested();
        var commit = PrepareWithinLimits(batch, version, watch);
        var reserved = commit.Footprint > gate.FreePass ? commit.Footprint : 0;
        if (reserved > 0 && !gate.TryReserve(reserved))
        {
            commit.Release();
            return WatchedOutcome.Busy;
        }

        try
        {
            return await RunWatchedAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitOvertakenException)
        {
            return WatchedOutcome.Overtaken;
        }
        finally
        {
            if (reserved > 0)
            {
                gate.Release(reserved);
            }
        }
    }

    private static CommitReceipt ResultOf(ValueTask<CommitReceipt> call)
        => call.IsCompleted ? call.GetAwaiter().GetResult() : call.AsTask().GetAwaiter().GetResult();

    private static CommitReceipt ReceiptOf(PreparedCommit commit) => new(commit.Version, commit.Sequence);

    // What a commit waits for once it is published; null for nothing.
    private IDurability? AwaitedBy(Durability requested) => requested switch
    {
        Durability.Buffered => null,
        Durability.Logged or Durability.Durable when durability is null => throw new DurabilityUnavailableException(),
        Durability.Logged => logged ?? durability,
        Durability.Durable => durability,
        _ => throw new ArgumentOutOfRangeException(nameof(requested), requested, "A durability is Buffered, Logged or Durable."),
    };

    private InFlightCommit PrepareWithinLimits(WriteBatch batch, CommitVersion version, CommitWatch? watch)
    {
        var commit = preparer.Prepare(batch, version);
        commit.Watch = watch;
        try
        {
            limits.RequireOneSlice(commit);
            return commit;
        }
        catch
        {
            commit.Release();
            throw;
        }
    }

    private ValueTask<CommitReceipt> ReserveAndRunAsync(InFlightCommit commit, IDurability? awaited, CancellationToken cancellationToken)
    {
        if (gate.TryReserve(commit.Footprint))
        {
            return RunReservedAsync(commit, awaited, cancellationToken);
        }

        // The caller may change the batch as soon as it has the task.
        commit.Detach();
        return WaitAndRunAsync(commit, awaited, cancellationToken);
    }

    private async ValueTask<CommitReceipt> WaitAndRunAsync(InFlightCommit commit, IDurability? awaited, CancellationToken cancellationToken)
    {
        await gate.ReserveAsync(commit.Footprint, cancellationToken).ConfigureAwait(false);
        return await RunReservedAsync(commit, awaited, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a commit, and gives back what was reserved for it when the call returns: by then it is linked, and so measured; or it has failed; or it is late. One that is
    /// late must not keep room while it waits for another that is late, which may wait for room.
    /// </summary>
    private ValueTask<CommitReceipt> RunReservedAsync(InFlightCommit commit, IDurability? awaited, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return RunAsync(commit, awaited, cancellationToken);
        }
        finally
        {
            gate.Release(commit.Footprint);
        }
    }

    private ValueTask<CommitReceipt> RunAsync(InFlightCommit commit, IDurability? awaited, CancellationToken cancellationToken)
    {
        if (!sequencer.TryBegin(commit))
        {
            // The caller may change the batch as soon as it has the task.
            commit.Detach();
            return CommitLateAsync(commit, awaited, cancellationToken);
        }

        var published = Apply(commit);
        if (!published.IsCompletedSuccessfully)
        {
            return AcknowledgeAsync(commit, published, awaited, cancellationToken);
        }

        return awaited?.WaitAsync(commit.Sequence, commit.Version, cancellationToken) ?? new ValueTask<CommitReceipt>(ReceiptOf(commit));
    }

    // Reclamation makes the room that others wait for, so it must not wait behind them: not for room, and not for a late commit, which may wait for room.
    private async ValueTask<WatchedOutcome> RunWatchedAsync(InFlightCommit commit, CancellationToken cancellationToken)
    {
        if (sequencer.TryBegin(commit))
        {
            await Apply(commit).ConfigureAwait(false);
            return WatchedOutcome.Published;
        }

        using var passage = lateCommits.TryEnter();
        if (passage is null)
        {
            return WatchedOutcome.Busy;
        }

        await lateCommits.BeginAsync(commit, cancellationToken).ConfigureAwait(false);
        await Apply(commit).ConfigureAwait(false);
        return WatchedOutcome.Published;
    }

    private async ValueTask<CommitReceipt> CommitLateAsync(InFlightCommit commit, IDurability? awaited, CancellationToken cancellationToken)
    {
        Task published;
        using (await lateCommits.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            // Here, where one at a time is, because many may wait to come here.
            var reserved = commit.Footprint > gate.FreePass ? commit.Footprint : 0;
            if (reserved > 0)
            {
                await gate.ReserveAsync(reserved, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                await lateCommits.BeginAsync(commit, cancellationToken).ConfigureAwait(false);
                published = Apply(commit);
            }
            finally
            {
                if (reserved > 0)
                {
                    gate.Release(reserved);
                }
            }
        }

        return await AcknowledgeAsync(commit, published, awaited, cancellationToken).ConfigureAwait(false);
    }

    private Task Apply(InFlightCommit commit)
    {
        // From here to Finish nothing waits and nothing can be cancelled: later publications stand behind this one.
        try
        {
            commit.Ring?.Fill(commit, commit.RingStart);
            buffer.Link(commit, commit.IsFresh);
        }
        catch
        {
            buffer.Unlink(commit);
            sequencer.Finish(commit, aborted: true);
            commit.Release();
            throw;
        }

        var published = sequencer.Finish(commit);
        commit.Release();
        return published;
    }

    private static async ValueTask<CommitReceipt> AcknowledgeAsync(
        PreparedCommit commit,
        Task published,
        IDurability? awaited,
        CancellationToken cancellationToken)
    {
        await published.ConfigureAwait(false);
        if (awaited is not null)
        {
            await awaited.WaitAsync(commit.Sequence, commit.Version, cancellationToken).ConfigureAwait(false);
        }

        return ReceiptOf(commit);
    }
}
