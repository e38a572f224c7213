using Microsoft.Extensions.Logging;
using MvStore.Committing;
using MvStore.Diagnostics;
using MvStore.Logging;

namespace MvStore;

/// <summary>
/// Publishes again, while the store is being opened, what the commit log has and the persistent tier does not: the same commits in the same order. Memory stays
/// bounded, because the flusher runs beside it and is waited for when much waits.
/// </summary>
internal sealed class LogReplay(CommitLog log, CommitPreparer preparer, Committer committer, FlushingStage flushing, MvStoreOptions options, ILogger logger)
{
    // Commits without rows take memory as well.
    private const int MostWaiting = 1_000_000;

    private readonly long _mostBytes = Math.Max(options.Buffer.MemoryBudget, options.Flush.MaxSliceBytes);

    /// <summary>Replays.</summary>
    /// <exception cref="StoreFailedException">What had to be flushed meanwhile could not be.</exception>
    /// <exception cref="CommitLogException">The log could not be read.</exception>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        long commits = 0;
        long rows = 0;
        var flushed = flushing.Mark.Sequence;
        var last = log.Recovered.Sequence;
        options.CommitLog.Progress?.Report(new CommitLogProgress(0, 0, flushed, last));
        foreach (var (sequence, version, batch) in log.ReadRecovered(flushed))
        {
            cancellationToken.ThrowIfCancellationRequested();
            committer.Replay(preparer.Prepare(batch, version), sequence);
            commits++;
            rows += batch.Count;
            if (flushing.Queue.Bytes > _mostBytes || flushing.Queue.Count >= MostWaiting)
            {
                options.CommitLog.Progress?.Report(new CommitLogProgress(commits, rows, sequence, last));
                await flushing.Mark.WaitAsync(sequence, version, cancellationToken).ConfigureAwait(false);
            }
        }

        options.CommitLog.Progress?.Report(new CommitLogProgress(commits, rows, last, last));
        if (commits > 0)
        {
            Log.LogReplayed(logger, commits, rows, last);
        }
    }
}
