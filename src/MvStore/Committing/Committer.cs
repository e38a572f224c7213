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
    IDurability? durability,
    IDurability? logged = null,
    ICommitAdmission? admission = null)
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
        var awaited = AwaitedBy(requested);
        cancellationToken.ThrowIfCancellationRequested();

        var commit = preparer.Prepare(batch, version);
        if (admission is not null && !admission.TryEnter())
        {
            commit.Detach();
            return CommitDelayedAsync(commit, awaited, cancellationToken);
        }

        if (!sequencer.TryBegin(commit))
        {
            // The caller may change the batch as soon as it has the task.
            commit.Detach();
            return CommitLateAsync(commit, awaited, cancellationToken);
        }

        var published = Apply(commit);
        return published.IsCompletedSuccessfully && awaited is null
            ? new ValueTask<CommitReceipt>(ReceiptOf(commit))
            : AcknowledgeAsync(commit, published, awaited, cancellationToken);
    }

    /// <summary>Publishes again what was published before, while the store is being opened.</summary>
    /// <param name="commit">The commit.</param>
    /// <param name="sequence">The place it had in the order of publications.</param>
    public void Replay(InFlightCommit commit, ulong sequence)
    {
        sequencer.BeginReplayed(commit, sequence);
        Apply(commit);
    }

    private static CommitReceipt ReceiptOf(PreparedCommit commit) => new(commit.Version, commit.Sequence);

    // What a commit waits for once it is published; null for nothing.
    private IDurability? AwaitedBy(Durability requested) => requested switch
    {
        Durability.Buffered => null,
        Durability.Logged or Durability.Durable when durability is null => throw new DurabilityUnavailableException(),
        Durability.Logged => logged ?? durability,
        Durability.Durable => durability,
        _ => throw new ArgumentOutOfRangeException(nameof(requested), requested, "Not a durability."),
    };

    // Its entries are copies by now.
    private async ValueTask<CommitReceipt> CommitDelayedAsync(InFlightCommit commit, IDurability? awaited, CancellationToken cancellationToken)
    {
        await admission!.EnterAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return sequencer.TryBegin(commit)
            ? await AcknowledgeAsync(commit, Apply(commit), awaited, cancellationToken).ConfigureAwait(false)
            : await CommitLateAsync(commit, awaited, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<CommitReceipt> CommitLateAsync(InFlightCommit commit, IDurability? awaited, CancellationToken cancellationToken)
    {
        Task published;
        using (await lateCommits.EnterAsync(cancellationToken).ConfigureAwait(false))
        {
            await lateCommits.BeginAsync(commit, cancellationToken).ConfigureAwait(false);
            published = Apply(commit);
        }

        return await AcknowledgeAsync(commit, published, awaited, cancellationToken).ConfigureAwait(false);
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
