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
        var reached = lineages.Require(after, sequencer.Current.Sequence);
        Within(tracker.Tail.Follow);
        try
        {
            while (true)
            {
                // In this order: what comes after the look ends the wait; what was accounted for before it and is not in the ring is in history only.
                var news = tracker.Tail.Next();
                cancellationToken.ThrowIfCancellationRequested();
                lifetime.ThrowIfDisposed();
                var accounted = tracker.Tail.Accounted;
                var recent = tracker.Tail.ReadAfter(reached, Portion);
                var limit = options.DurableOnly ? durable!.Sequence : ulong.MaxValue;
                var next = recent.Count > 0 ? recent[0].Sequence : reached + 1;
                if (recent.Count == 0 && accounted <= reached)
                {
                    await news.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                else if (next > limit)
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

    private async ValueTask<ChangeCommit> ToCommitAsync(TailCommit commit, ChangeReadOptions options, CancellationToken cancellationToken)
    {
        var changes = new List<KeyChange>(commit.Deltas.Count);
        foreach (var delta in commit.Deltas)
        {
            if (delta.Kind != DeltaKind.Drop)
            {
                var value = delta.Kind == DeltaKind.Set ? delta.Value : default(ReadOnlyMemory<byte>?);
                changes.Add(await ToChangeAsync(delta.Key, value, commit.Version, commit.Sequence, options, cancellationToken).ConfigureAwait(false));
            }
        }

        return new ChangeCommit(lineages.At(commit.Sequence), commit.Version, changes);
    }

    private async ValueTask<ChangeCommit> ToCommitAsync(ScannedCommit commit, ChangeReadOptions options, CancellationToken cancellationToken)
    {
        var changes = new List<KeyChange>(commit.Rows.Count);
        foreach (var row in commit.Rows)
        {
            changes.Add(await ToChangeAsync(row.Key, row.Value, commit.Version, commit.Sequence, options, cancellationToken).ConfigureAwait(false));
        }

        return new ChangeCommit(lineages.At(commit.Sequence), commit.Version, changes);
    }

    private async ValueTask<KeyChange> ToChangeAsync(
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte>? value,
        CommitVersion version,
        ulong sequence,
        ChangeReadOptions options,
        CancellationToken cancellationToken)
    {
        var old = default(ReadOnlyMemory<byte>?);
        if (options.IncludeOldValues)
        {
            old = await scan.FindBeforeAsync(key, version, sequence, cancellationToken).ConfigureAwait(false);
            lifetime.ThrowIfDisposed();
            tracker.RequireWhole(sequence - 1);
        }

        return new KeyChange(value is null ? KeyChangeKind.Remove : KeyChangeKind.Set, key, options.IncludeValues ? value : default(ReadOnlyMemory<byte>?), old);
    }

    private void Within(Action step)
        => sequencer.Exclusively(() =>
        {
            step();
            return true;
        });
}
