using Microsoft.Extensions.Logging;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Flushing;
using MvStore.Logging;

namespace MvStore;

/// <summary>
/// Publishes again, while the store is being opened, what the commit log has and the persistent tier does not: the same commits in the same order. One thread reads them and begins
/// them in that order, others link them (<see cref="ReplayWorkers"/>). None is refused, and
/// none waits at the gate of commits. Memory stays bounded all the same, because the flusher runs beside it and is waited for whenever memory is over its budget and
/// has grown by a slice, or a part of its limit, since it was waited for last.
/// </summary>
internal sealed class LogReplay(
    CommitLog log,
    CommitPreparer preparer,
    Committer committer,
    FlushingStage flushing,
    PacingStage pacing,
    BufferBudget budget,
    FailureLatch failure,
    MvStoreOptions options,
    ILogger logger)
{
    // Commits without rows take memory as well.
    private const int MostWaiting = 1_000_000;

    // As for the slices of the flusher: a step takes a small part of the limit.
    private const int StepsInMemory = 16;

    /// <summary>Replays.</summary>
    /// <exception cref="StoreFailedException">What had to be flushed meanwhile could not be.</exception>
    /// <exception cref="CommitLogException">The log could not be read.</exception>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        long commits = 0;
        long rows = 0;
        var flushed = flushing.Mark.Sequence;
        var last = log.Recovered.Sequence;
        var most = pacing.Plan.Budget;
        var step = Math.Min(options.Flush.MaxSliceBytes, pacing.Plan.Hard / StepsInMemory);
        var progress = options.CommitLog.Progress;
        progress?.Report(new CommitLogProgress(0, 0, flushed, last));
        var isHandedOver = false;
        var workers = new ReplayWorkers(committer, failure, step);
        await using var ending = workers.ConfigureAwait(false);
        var group = await workers.BeginGroupAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var highest = log.FlushedVersion;
            foreach (var (sequence, version, batch) in log.ReadRecovered(flushed, () => group.NextBatch()))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var commit = preparer.Prepare(batch, version);
                commits++;
                rows += batch.Count;
                if (version > highest)
                {
                    highest = version;
                    committer.BeginReplayed(commit, sequence);
                    group.Add(commit);
                    if (!group.IsFull)
                    {
                        continue;
                    }

                    HandOver();
                }
                else
                {
                    // Late: whether its entries are final depends on what is linked (4), so everything before it is, and nothing behind it.
                    HandOver();
                    await workers.DrainAsync(cancellationToken).ConfigureAwait(false);
                    committer.BeginReplayed(commit, sequence);
                    committer.ApplyReplayed(commit, failure);
                }

                if (pacing.MemoryBytes + workers.BytesOnTheWay > most || flushing.Queue.Count >= MostWaiting)
                {
                    await workers.DrainAsync(cancellationToken).ConfigureAwait(false);
                    progress?.Report(new CommitLogProgress(commits, rows, sequence, last));
                    await flushing.Mark.WaitAsync(sequence, version, cancellationToken).ConfigureAwait(false);
                    budget.Enforce(wantedBytes: 0, cancellationToken);

                    // What cannot leave memory must not make each commit wait.
                    most = Math.Max(pacing.Plan.Budget, pacing.MemoryBytes + step);
                }

                group = await workers.BeginGroupAsync(cancellationToken).ConfigureAwait(false);
                isHandedOver = false;
            }
        }
        finally
        {
            // What has begun is published in any case: closing waits for it.
            if (!isHandedOver)
            {
                HandOver();
            }
        }

        await workers.DrainAsync(cancellationToken).ConfigureAwait(false);
        progress?.Report(new CommitLogProgress(commits, rows, last, last));
        if (commits > 0)
        {
            Log.LogReplayed(logger, commits, rows, last);
        }

        void HandOver()
        {
            workers.HandOver(group);
            isHandedOver = true;
        }
    }
}
