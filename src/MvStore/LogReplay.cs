using Microsoft.Extensions.Logging;
using MvStore.Committing;
using MvStore.Diagnostics;
using MvStore.Flushing;
using MvStore.Logging;

namespace MvStore;

/// <summary>
/// Publishes again, while the store is being opened, what the commit log has and the persistent tier does not: the same commits in the same order. None is refused, and
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
        foreach (var (sequence, version, batch) in log.ReadRecovered(flushed))
        {
            cancellationToken.ThrowIfCancellationRequested();
            committer.Replay(preparer.Prepare(batch, version), sequence);
            commits++;
            rows += batch.Count;
            if (pacing.MemoryBytes > most || flushing.Queue.Count >= MostWaiting)
            {
                progress?.Report(new CommitLogProgress(commits, rows, sequence, last));
                await flushing.Mark.WaitAsync(sequence, version, cancellationToken).ConfigureAwait(false);
                budget.Enforce(wantedBytes: 0, cancellationToken);

                // What cannot leave memory must not make each commit wait.
                most = Math.Max(pacing.Plan.Budget, pacing.MemoryBytes + step);
            }
        }

        progress?.Report(new CommitLogProgress(commits, rows, last, last));
        if (commits > 0)
        {
            Log.LogReplayed(logger, commits, rows, last);
        }
    }
}
