using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Flushing;

namespace MvStore;

/// <summary>The parts of the flushing stage, in a store that has a persistent tier.</summary>
internal sealed class FlushingStage : IUnflushed
{
    private readonly StoreParts _parts;
    private readonly FailureLatch _failure;
    private readonly FlushSignal _signal = new();
    private readonly bool _takesFloors;
    private readonly bool _reclaimsInSlices;

    public FlushingStage(StoreParts parts, TierState recovered, FailureLatch failure, long memoryLimit)
    {
        _parts = parts;
        _failure = failure;
        _takesFloors = recovered.Capabilities.RaisesFloorsInSlices;
        _reclaimsInSlices = _takesFloors && recovered.Capabilities.ReclaimsInSlices;
        IsSynced = recovered.Capabilities.Durability >= TierDurability.Synced;
        var options = parts.Options.Flush.Copy();
        if (parts.HasLog)
        {
            options.MaxAge = parts.Options.CommitLog.FlushAge;
        }

        Queue = new FlushQueue(options, _signal, parts.TimeProvider, memoryLimit, recovered.Capabilities);
        Mark = new DurableMark(recovered, Queue, _signal, failure);
    }

    /// <summary>Whether what the tier has taken survives a loss of power: only then can a commit be acknowledged as durable (contract D8).</summary>
    public bool IsSynced { get; }

    /// <summary>What is not durable yet.</summary>
    public FlushQueue Queue { get; }

    /// <summary>How far the persistent tier has come.</summary>
    public DurableMark Mark { get; }

    /// <inheritdoc/>
    public long HeldBytes => Queue.HeldBytes;

    /// <inheritdoc/>
    public long WaitingBytes => Queue.Bytes;

    /// <inheritdoc/>
    public Exception? LastFailure => Mark.LastFailure;

    /// <summary>Asks for a flush because memory is short. Never waits.</summary>
    public void AskForRoom() => _signal.Raise(FlushTrigger.Memory);

    /// <summary>Asks for a flush of what was published so far, and waits for it.</summary>
    public async ValueTask FlushAsync(CommitVersion upTo, CancellationToken cancellationToken)
    {
        _failure.ThrowIfSet();
        var last = Queue.LastSequenceAtOrBelow(upTo);
        if (last > 0)
        {
            await Mark.WaitAsync(last, upTo, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Throws when the store has stopped for writing.</summary>
    public void ThrowIfFailed() => _failure.ThrowIfSet();

    /// <summary>Asks for a flush because the log fills up. Any thread; never waits.</summary>
    public void RequestForLog() => _signal.Raise(FlushTrigger.Log);

    /// <summary>Makes the flusher; the rest of the store must be in place.</summary>
    public Flusher CreateFlusher(
        TierWrites tierWrites,
        FlushEventHub events,
        BufferBudget budget,
        IRoom room,
        IFlushBarrier? log,
        ISliceFollower follower,
        ISliceRetention retention,
        ILogger logger)
        => new(
            _parts.Tier!,
            tierWrites,
            Queue,
            _signal,
            Mark,
            events,
            budget,
            room,
            log,
            follower,
            _takesFloors ? retention : null,
            _reclaimsInSlices,
            _failure,
            _parts.TimeProvider,
            logger);
}
