using System.Runtime.CompilerServices;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Reading;

namespace MvStore;

/// <summary>
/// Tells commits in publication order (DESIGN.md 13). A reader knows one number: the last publication that it has dealt with. Each turn of its loop takes what the ring of recent commits has behind that, if it follows
/// without a gap (I50); otherwise, if there is something, it reads history up to the newest publication; otherwise it waits. So the seam between the two needs no agreement: both answer "what is behind P".
/// </summary>
internal sealed class ChangeFeed(
    CommitSequencer sequencer,
    ChangeTracker tracker,
    ChangeLineages lineages,
    ChangeScan scan,
    IDurability? durable,
    StoreLifetime lifetime,
    IRoom room)
{
    public async ValueTask<ChangeBounds> GetBoundsAsync(CancellationToken cancellationToken)
    {
        await lineages.BeginAsync(cancellationToken).ConfigureAwait(false);
        var oldest = tracker.Reclaimed;
        var onDisk = durable?.Sequence ?? 0;
        var newest = sequencer.Current.Sequence;
        return new ChangeBounds(lineages.At(oldest), lineages.At(newest), lineages.At(onDisk));
    }

    public async IAsyncEnumerable<ChangeCommit> ReadAsync(ChangePosition after, ChangeReadOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lifetime.ThrowIfDisposed();
        if (options.DurableOnly && durable is null)
        {
            throw new DurabilityUnavailableException();
        }

        await lineages.BeginAsync(cancellationToken).ConfigureAwait(false);
        var published = sequencer.Current.Sequence;
        var reached = lineages.Require(after, published);
        var end = options.Follow ? ulong.MaxValue : Math.Min(published, options.DurableOnly ? durable!.Sequence : published);
        Join(options.Follow);
        try
        {
            // Not the clock of the store: nothing that is told depends on it.
            var rest = new ChangeRest(TimeProvider.System);
            var news = default(Task);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                lifetime.ThrowIfDisposed();

                // In this order: what was accounted for before the look into the ring and is not there is in history only.
                var accounted = tracker.Tail.Accounted;
                var recent = tracker.Tail.ReadAfter(reached, ChangeRing.MostAtOnce);
                var limit = Math.Min(end, options.DurableOnly ? durable!.Sequence : ulong.MaxValue);
                var next = recent.Count > 0 ? recent[0].Sequence : reached + 1;
                var isAllTold = recent.Count == 0 && accounted <= reached;
                if (next > end || (isAllTold && !options.Follow))
                {
                    yield break;
                }

                if (isAllTold)
                {
                    if (rest.IsDue && news is null)
                    {
                        await rest.RunAsync(cancellationToken).ConfigureAwait(false);
                        continue;
                    }

                    // Only a wait whose task was taken before the look: it ends with whatever comes after the look. The end of the store, too.
                    if (news is null)
                    {
                        news = tracker.Tail.Next();
                        continue;
                    }

                    await news.WaitAsync(cancellationToken).ConfigureAwait(false);
                    rest.NoteWoken();
                    news = null;
                    continue;
                }

                news = null;
                rest.NoteTold(recent.Count);
                if (next > limit)
                {
                    await durable!.WaitAsync(next, CommitVersion.Zero, cancellationToken).ConfigureAwait(false);
                }
                else if (recent.Count > 0)
                {
                    foreach (var commit in recent)
                    {
                        if (commit.Sequence > limit)
                        {
                            break;
                        }

                        yield return await ToCommitAsync(commit, options, cancellationToken).ConfigureAwait(false);
                        reached = commit.Sequence;
                    }
                }
                else
                {
                    var pass = await ReadHistoryAsync(reached, limit, options.CatchUpBytes, cancellationToken).ConfigureAwait(false);
                    foreach (var commit in pass.Commits)
                    {
                        yield return await ToCommitAsync(commit, options, cancellationToken).ConfigureAwait(false);
                    }

                    reached = pass.Reached;
                }
            }
        }
        finally
        {
            Leave(options.Follow);
        }
    }

    private async ValueTask<ChangePass> ReadHistoryAsync(ulong after, ulong limit, long maxBytes, CancellationToken cancellationToken)
    {
        var view = sequencer.Current.ViewAt(CommitVersion.Latest);
        var pass = await scan.ReadAsync(after, view with { Sequence = Math.Min(view.Sequence, limit) }, maxBytes, cancellationToken).ConfigureAwait(false);

        // Afterwards: what is missing was removed before it was missed (I48), and a store that is being closed lets go of its memory.
        lifetime.ThrowIfDisposed();
        tracker.RequireWhole(after);
        return pass;
    }

    private ValueTask<ChangeCommit> ToCommitAsync(TailCommit commit, ChangeReadOptions options, CancellationToken cancellationToken)
    {
        var changes = commit.Changes;
        for (var i = 0; !options.IncludeValues && i < changes.Length; i++)
        {
            changes[i] = changes[i] with { Value = null };
        }

        return CompleteAsync(changes, commit.Version, commit.Sequence, options, cancellationToken);
    }

    private ValueTask<ChangeCommit> ToCommitAsync(ScannedCommit commit, ChangeReadOptions options, CancellationToken cancellationToken)
    {
        var changes = new KeyChange[commit.Rows.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var row = commit.Rows[i];
            changes[i] = new KeyChange(row.Value is null ? KeyChangeKind.Remove : KeyChangeKind.Set, row.Key, options.IncludeValues ? row.Value : default(ReadOnlyMemory<byte>?), OldValue: null);
        }

        return CompleteAsync(changes, commit.Version, commit.Sequence, options, cancellationToken);
    }

    private ValueTask<ChangeCommit> CompleteAsync(KeyChange[] changes, CommitVersion version, ulong sequence, ChangeReadOptions options, CancellationToken cancellationToken)
    {
        var commit = new ChangeCommit(lineages.At(sequence), version, changes);
        return options.IncludeOldValues ? WithOldValuesAsync(commit, changes, cancellationToken) : ValueTask.FromResult(commit);
    }

    private async ValueTask<ChangeCommit> WithOldValuesAsync(ChangeCommit commit, KeyChange[] changes, CancellationToken cancellationToken)
    {
        for (var i = 0; i < changes.Length; i++)
        {
            var old = await scan.FindBeforeAsync(changes[i].Key, commit.Version, commit.Position.Sequence, cancellationToken).ConfigureAwait(false);
            lifetime.ThrowIfDisposed();
            tracker.RequireWhole(commit.Position.Sequence - 1);
            changes[i] = changes[i] with { OldValue = old };
        }

        return commit;
    }

    // Behind the critical section everything that was published is accounted for, and so there is nothing to keep for who wants no more than that.
    private void Join(bool follows)
    {
        var tail = tracker.Tail;
        var ring = follows && !tail.IsFollowed ? tail.CreateRing() : null;
        while (!sequencer.Exclusively(() => !follows || tail.TryFollow(ring)))
        {
            ring = tail.CreateRing();
        }

        if (follows)
        {
            room.Remeasure();
        }
    }

    private void Leave(bool follows)
    {
        if (follows)
        {
            sequencer.Exclusively(() =>
            {
                tracker.Tail.Leave();
                return true;
            });
            room.Remeasure();
        }
    }
}
