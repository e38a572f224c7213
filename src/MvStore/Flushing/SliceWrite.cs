using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.Flushing;

/// <summary>The write of one slice, and what is told of its attempts. Belongs to the flusher.</summary>
internal sealed class SliceWrite(
    IPersistentTier tier,
    FlushSlice slice,
    TierBatch batch,
    FlushTrigger trigger,
    DurableMark mark,
    FlushEventHub events,
    TimeProvider time,
    ILogger logger) : ITierWrite
{
    private long _began;

    public void Begin(int attempt)
    {
        _began = time.GetTimestamp();
        events.Started(slice, trigger, attempt);
    }

    public ValueTask RunAsync(CancellationToken cancellationToken) => tier.ApplyAsync(batch, cancellationToken);

    public async ValueTask<bool> HasArrivedAsync(CancellationToken cancellationToken)
        => await tier.GetMarkAsync(cancellationToken).ConfigureAwait(false) == batch.Sequence;

    public void Succeed(int attempt)
    {
        mark.LastFailure = null;
        events.Completed(slice, trigger, attempt, time.GetElapsedTime(_began));
    }

    public void Fail(int attempt, Exception failure, bool isRepeated)
    {
        events.Failed(slice, trigger, attempt, time.GetElapsedTime(_began), failure);
        if (isRepeated)
        {
            mark.LastFailure = failure;
            Log.FlushFailed(logger, attempt, slice.Commits.Count, failure);
        }
    }
}
