using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Reading;

namespace MvStore;

/// <summary>
/// Rolls ranges of keys back (DESIGN.md 12). Outline: watch the commits that begin; wait for those that began before; pin the state to go back to, and the state there is; write
/// down how they differ; commit that, unless the watch has noted a commit that could change it, which is looked at where the commit begins (I45): then start over. So nobody waits for
/// a rollback, and it is of one instant. The pin of the state to go back to is kept from one attempt to the next, unless a commit could change that too (I47). Safe from any thread.
/// </summary>
internal sealed class StoreRollbacks(
    CommitSequencer sequencer,
    Committer committer,
    PinOpener opener,
    IPinRegistry pins,
    ScanReader scans,
    IKeyClassifier classifier,
    RollbackLimits limits)
{
    /// <summary>Rolls a range back; see <see cref="IMultiVersionRollback.RollBackAsync"/>.</summary>
    public async ValueTask<RollbackReceipt> RunAsync(
        CommitVersion to,
        CommitVersion version,
        KeyRange range,
        Durability durability,
        CancellationToken cancellationToken)
    {
        committer.RequireAvailable(durability);
        cancellationToken.ThrowIfCancellationRequested();
        RollbackWatch? watch = null;
        var batch = new WriteBatch();
        OpenPin? target = null;
        try
        {
            for (var attempts = 1; ; attempts++)
            {
                // One ends as the next is set, so that no commit begins unseen in between. Not cancellable: between begin and publication nothing waits.
                var ended = watch;
                var begun = new RollbackWatch(range, to, version);
                var published = sequencer.Watch(begun, replaced: ended);
                watch = begun;
                await published.ConfigureAwait(false);
                if (target is null || ended is { IsTargetTouched: true })
                {
                    // The new one before the old one goes: what both see must not go in between.
                    var renewed = Open(to, range);
                    Close(target);
                    target = renewed;
                }

                batch.Clear();
                var totals = await CompareAsync(target, version, range, batch, cancellationToken).ConfigureAwait(false);
                if (await TryCommitAsync(batch, version, durability, watch, cancellationToken).ConfigureAwait(false) is { } receipt)
                {
                    return new RollbackReceipt(receipt, totals, attempts);
                }
            }
        }
        finally
        {
            if (watch is not null)
            {
                sequencer.EndWatch(watch);
            }

            Close(target);
        }
    }

    /// <summary>Tells what a rollback would do; see <see cref="IMultiVersionRollback.PreviewRollbackAsync"/>.</summary>
    public async ValueTask<RollbackPreview> PreviewAsync(CommitVersion to, CommitVersion version, KeyRange range, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var target = Open(to, range);
        try
        {
            var totals = await CompareAsync(target, version, range, batch: null, cancellationToken).ConfigureAwait(false);
            return new RollbackPreview(totals, limits.FindExceeded(totals)?.LimitName);
        }
        finally
        {
            Close(target);
        }
    }

    /// <summary>Demands versions that a rollback can have.</summary>
    public static void Check(CommitVersion target, CommitVersion version)
    {
        CommitLimits.RequireCommittable(version);
        if (target >= version)
        {
            throw new ArgumentOutOfRangeException(nameof(target), target.Value, $"A rollback goes back to a version below its own, {version}; {target} is not.");
        }
    }

    /// <summary>Finds out how the state at a version differs from the one to go back to.</summary>
    /// <param name="target">Pins the state to go back to.</param>
    /// <param name="version">The version.</param>
    /// <param name="range">The keys.</param>
    /// <param name="batch">Takes what has to be written; null if nobody will.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async ValueTask<RollbackTotals> CompareAsync(
        OpenPin target,
        CommitVersion version,
        KeyRange range,
        WriteBatch? batch,
        CancellationToken cancellationToken)
    {
        var current = Open(version, range);
        try
        {
            var totals = default(RollbackTotals);
            var differing = RollbackDifference.ReadAsync(Scan(target, range, cancellationToken), Scan(current, range, cancellationToken), cancellationToken);
            await foreach (var row in differing.ConfigureAwait(false))
            {
                totals = Add(totals, row);
                if (batch is not null)
                {
                    // Before it is copied: what is over a limit must not fill memory first.
                    if (limits.FindExceeded(totals) is { } exceeded)
                    {
                        throw exceeded;
                    }

                    _ = row.IsTombstone ? batch.Remove(row.Key.Span) : batch.Set(row.Key.Span, row.Value.Span);
                }
            }

            return totals;
        }
        finally
        {
            Close(current);
        }
    }

    /// <summary>Commits unless others began that could change what is committed.</summary>
    /// <returns>Null if they did.</returns>
    private async ValueTask<CommitReceipt?> TryCommitAsync(
        WriteBatch batch,
        CommitVersion version,
        Durability durability,
        RollbackWatch watch,
        CancellationToken cancellationToken)
    {
        try
        {
            return await committer.CommitAsync(batch, version, durability, watch, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitOvertakenException)
        {
            return null;
        }
    }

    private static RollbackTotals Add(in RollbackTotals totals, VersionedRow row)
        => row.IsTombstone
            ? totals with { RemovedKeys = totals.RemovedKeys + 1, Bytes = totals.Bytes + row.Key.Length }
            : totals with { SetKeys = totals.SetKeys + 1, Bytes = totals.Bytes + row.Key.Length + row.Value.Length };

    private IAsyncEnumerable<VersionedRow> Scan(OpenPin pin, KeyRange range, CancellationToken cancellationToken)
        => scans.ScanAsync(pin, new ScanRequest(range, ReadScope.AsOf(pin.View.At), ScanDirection.Forward), cancellationToken);

    private OpenPin Open(CommitVersion at, KeyRange range)
        => opener.Open(at, owner: null, floors => floors.HighestIn(range, classifier), new PinTerms { Scope = range });

    private void Close(OpenPin? pin)
    {
        if (pin is not null)
        {
            pins.Remove(pin);
        }
    }
}
