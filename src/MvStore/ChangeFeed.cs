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
    StoreLifetime lifetime)
{
    // So many commits at once are taken from the ring: while they are told it may go on without them.
    private const int Portion = 64;

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
        Within(tracker.Tail.Follow);
        try
        {
            var news = default(Task);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                lifetime.ThrowIfDisposed();

                // In this order: what was accounted for before the look into the ring and is not there is in history only.
                var accounted = tracker.Tail.Accounted;
                var recent = tracker.Tail.ReadAfter(reached, Portion);
                var limit = Math.Min(end, options.DurableOnly ? durable!.Sequence : ulong.MaxValue);
                var next = recent.Count > 0 ? recent[0].Sequence : reached + 1;
                var isAllTold = recent.Count == 0 && accounted <= reached;
                if (next > end || (isAllTold && !options.Follow))
                {
                    yield break;
                }

                if (isAllTold)
                {
                    // Only a wait whose task was taken before the look: it ends with whatever comes after the look. The end of the store, too.
                    if (news is null)
                    {
                        news = tracker.Tail.Next();
                        continue;
                    }

                    await news.WaitAsync(cancellationToken).ConfigureAwait(false);
                    news = null;
                    continue;
                }

                news = null;
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
            Within(tracker.Tail.Leave);
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
        var changes = new List<KeyChange>(commit.Deltas.Count);
        foreach (var delta in commit.Deltas)
        {
            if (delta.Kind != DeltaKind.Drop)
            {
                changes.Add(ToChange(delta.Key, delta.Kind == DeltaKind.Set ? delta.Value : default(ReadOnlyMemory<byte>?), options));
            }
        }

        return CompleteAsync(changes, commit.Version, commit.Sequence, options, cancellationToken);
    }

    private ValueTask<ChangeCommit> ToCommitAsync(ScannedCommit commit, ChangeReadOptions options, CancellationToken cancellationToken)
    {
        var changes = new List<KeyChange>(commit.Rows.Count);
        foreach (var row in commit.Rows)
        {
            changes.Add(ToChange(row.Key, row.Value, options));
        }

        return CompleteAsync(changes, commit.Version, commit.Sequence, options, cancellationToken);
    }

    private static KeyChange ToChange(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value, ChangeReadOptions options)
        => new(value is null ? KeyChangeKind.Remove : KeyChangeKind.Set, key, options.IncludeValues ? value : default(ReadOnlyMemory<byte>?), OldValue: null);

    private ValueTask<ChangeCommit> CompleteAsync(List<KeyChange> changes, CommitVersion version, ulong sequence, ChangeReadOptions options, CancellationToken cancellationToken)
    {
        var commit = new ChangeCommit(lineages.At(sequence), version, changes);
        return options.IncludeOldValues ? WithOldValuesAsync(commit, changes, cancellationToken) : ValueTask.FromResult(commit);
    }

    private async ValueTask<ChangeCommit> WithOldValuesAsync(ChangeCommit commit, List<KeyChange> changes, CancellationToken cancellationToken)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var old = await scan.FindBeforeAsync(changes[i].Key, commit.Version, commit.Position.Sequence, cancellationToken).ConfigureAwait(false);
            lifetime.ThrowIfDisposed();
            tracker.RequireWhole(commit.Position.Sequence - 1);
            changes[i] = changes[i] with { OldValue = old };
        }

        return commit;
    }

    private void Within(Action step)
        => sequencer.Exclusively(() =>
        {
            step();
            return true;
        });
}
