using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Runs a commit from validation to its acknowledgement (DESIGN.md 3, Commit). Goal: any number of threads commit at once and wait for
/// nothing but memory and, if asked, durability. Outline: prepare; reserve memory, if it is short; begin; link; finish; wait for durability. Late versions
/// take the detour of <see cref="LateCommitChecker"/> before they begin.
/// </summary>
internal sealed class Committer(
    CommitLimits limits,
    CommitPreparer preparer,
    CommitSequencer sequencer,
    ICommitTarget buffer,
    LateCommitChecker lateCommits,
    ICommitGate gate,
    IDurability? durability)
{
    /// <summary>Publishes a batch; see <see cref="IMultiVersionCommit.CommitAsync"/>.</summary>
    public ValueTask<CommitReceipt> CommitAsync(
        WriteBatch batch,
        CommitVersion version,
        Durability requested,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CommitLimits.RequireCommittable(version);
        limits.RequireWithinLimits(batch);
        var waitsForDisk = RequiresDisk(requested);
        cancellationToken.ThrowIfCancellationRequested();

        var commit = PrepareWithinLimits(batch, version);
        return commit.Footprint <= gate.FreePass
            ? RunAsync(commit, waitsForDisk, cancellationToken)
            : ReserveAndRunAsync(commit, waitsForDisk, cancellationToken);
    }

    private static CommitReceipt ReceiptOf(PreparedCommit commit) => new(commit.Version, commit.Sequence);

    private InFlightCommit PrepareWithinLimits(WriteBatch batch, CommitVersion version)
    {
        var commit = preparer.Prepare(batch, version);
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

    private ValueTask<CommitReceipt> ReserveAndRunAsync(InFlightCommit commit, bool waitsForDisk, CancellationToken cancellationToken)
    {
        if (gate.TryReserve(commit.Footprint))
        {
            return RunReservedAsync(commit, waitsForDisk, cancellationToken);
        }

        // The caller may change the batch as soon as it has the task.
        commit.Detach();
        return WaitAndRunAsync(commit, waitsForDisk, cancellationToken);
    }

    private async ValueTask<CommitReceipt> WaitAndRunAsync(InFlightCommit commit, bool waitsForDisk, CancellationToken cancellationToken)
    {
        await gate.ReserveAsync(commit.Footprint, cancellationToken).ConfigureAwait(false);
        return await RunReservedAsync(commit, waitsForDisk, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a commit, and gives back what was reserved for it when the call returns: by then it is linked, and so measured; or it has failed; or it is late. One that is
    /// late must not keep room while it waits for another that is late, which may wait for room.
    /// </summary>
    private ValueTask<CommitReceipt> RunReservedAsync(InFlightCommit commit, bool waitsForDisk, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return RunAsync(commit, waitsForDisk, cancellationToken);
        }
        finally
        {
            gate.Release(commit.Footprint);
        }
    }

    private ValueTask<CommitReceipt> RunAsync(InFlightCommit commit, bool waitsForDisk, CancellationToken cancellationToken)
    {
        if (!sequencer.TryBegin(commit))
        {
            // The caller may change the batch as soon as it has the task.
            commit.Detach();
            return CommitLateAsync(commit, waitsForDisk, cancellationToken);
        }

        var published = Apply(commit);
        return published.IsCompletedSuccessfully && !waitsForDisk
            ? new ValueTask<CommitReceipt>(ReceiptOf(commit))
            : AcknowledgeAsync(commit, published, waitsForDisk, cancellationToken);
    }

    private bool RequiresDisk(Durability requested) => requested switch
    {
        Durability.Buffered => false,
        Durability.Durable when durability is null => throw new DurabilityUnavailableException(),
        Durability.Durable => true,
        _ => throw new ArgumentOutOfRangeException(nameof(requested), requested, "Not a durability."),
    };

    private async ValueTask<CommitReceipt> CommitLateAsync(InFlightCommit commit, bool waitsForDisk, CancellationToken cancellationToken)
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

        return await AcknowledgeAsync(commit, published, waitsForDisk, cancellationToken).ConfigureAwait(false);
    }

    private Task Apply(InFlightCommit commit)
    {
        // From here to Finish nothing waits and nothing can be cancelled: later publications stand behind this one.
        try
        {
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

    private async ValueTask<CommitReceipt> AcknowledgeAsync(
        PreparedCommit commit,
        Task published,
        bool waitsForDisk,
        CancellationToken cancellationToken)
    {
        await published.ConfigureAwait(false);
        if (waitsForDisk)
        {
            await durability!.WaitAsync(commit.Sequence, commit.Version, cancellationToken).ConfigureAwait(false);
        }

        return ReceiptOf(commit);
    }
}
