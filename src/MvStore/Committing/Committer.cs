using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// Runs a commit from validation to its acknowledgement (DESIGN.md 3, Commit). Goal: any number of threads commit at once and wait for
/// nothing but memory and, if asked, durability. Outline: prepare; begin; link; finish; wait for durability. Late versions
/// take the detour of <see cref="LateCommitChecker"/> before they begin.
/// </summary>
internal sealed class Committer(
    CommitLimits limits,
    CommitPreparer preparer,
    CommitSequencer sequencer,
    ICommitTarget buffer,
    LateCommitChecker lateCommits,
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

    private static CommitReceipt ReceiptOf(PreparedCommit commit) => new(commit.Version, commit.Sequence);

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
            await lateCommits.BeginAsync(commit, cancellationToken).ConfigureAwait(false);
            published = Apply(commit);
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
