using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.Flushing;

/// <summary>
/// The one task that moves published commits to the persistent tier (DESIGN.md 3, Flushing). Goal: what is on disk is at every moment a whole
/// prefix of the publications (I4), and nothing leaves memory before it is there (I5). Outline: wait for a trigger; if it is due, write what
/// waits, slice by slice; when it is durable, move the mark, wake the waiters, take it off the queue, keep memory within its budget. While one slice
/// is written, the rows of the one behind it are copied on another thread, and nothing else (I65). What is done about failures is decided where all writes of the tier pass (<see cref="TierWrites"/>); whatever comes out of there stops the store for writing (I9).
/// </summary>
internal sealed class Flusher(
    IPersistentTier tier,
    TierWrites tierWrites,
    FlushQueue queue,
    FlushSignal signal,
    DurableMark mark,
    FlushEventHub events,
    BufferBudget budget,
    IRoom room,
    IFlushBarrier? log,
    ISliceFollower follower,
    ISliceRetention? retention,
    bool reclaimsInSlices,
    FailureLatch failure,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    // Floors rise with a slice when at least one in so many of its rows may be left out.
    private const int LeastShare = 8;

    // Or when it has at least so many, and the tier may let go of what they supersede there.
    private const int ManyRows = 1_000;

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    // The slice behind the one that is written. Owner: the loop.
    private SliceCopy? _ahead;

    /// <summary>Completes when the loop has ended; never fails.</summary>
    public Task Completion => _loop;

    /// <summary>Starts the loop.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Lets the loop flush what waits, and end.</summary>
    public void RequestEnd()
    {
        signal.Raise(FlushTrigger.Dispose);
        signal.Complete();
    }

    /// <summary>Ends the loop at the next attempt or pause, whatever waits.</summary>
    public void Abandon() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        try
        {
            while (await signal.NextAsync().ConfigureAwait(false) is { } raised)
            {
                if (queue.TakeDue(Standing(raised)) is not { } due)
                {
                    continue;
                }

                while (mark.Sequence < due.LastSequence)
                {
                    var copy = await NextAsync(due).ConfigureAwait(false);
                    var slice = copy.Slice;
                    var prepared = await WriteAsync(copy, due.Trigger).ConfigureAwait(false);
                    queue.Remove(slice, mark);
                    if (prepared is not null)
                    {
                        retention!.Confirm(prepared);
                    }

                    // The log first: who waits for the flush then finds what it says of durability moved as well.
                    log?.Release(slice.LastSequence);
                    mark.Wake(slice);
                    budget.Enforce(room.WantedBytes(StallReason.Memory), _stop.Token);
                    room.Remeasure();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Log.FlusherAbandoned(logger, queue.Count);
        }
        catch (Exception e)
        {
            failure.TrySet(e);
            mark.Close(new StoreFailedException(failure.Cause!));
            Log.StoreFailed(logger, e);
            room.Remeasure();
        }
        finally
        {
            // Who waits for the end gives back the memory that is copied from.
            if (_ahead is { } ahead)
            {
                await ahead.DropAsync().ConfigureAwait(false);
            }
        }
    }

    // A shortage is measured again too: what was taken meanwhile may have ended it.
    private TriggerSet Standing(TriggerSet raised)
    {
        var standing = raised.Contains(FlushTrigger.Memory) && !room.IsShort(StallReason.Memory) ? raised.Without(FlushTrigger.Memory) : raised;
        return standing.Contains(FlushTrigger.Log) && !room.IsShort(StallReason.Log) ? standing.Without(FlushTrigger.Log) : standing;
    }

    // I14: what the log does not have yet is not flushed.
    private ValueTask<ulong> ReachAsync(DueFlush due)
        => log is null ? new ValueTask<ulong>(due.LastSequence) : log.ReachAsync(mark.Sequence, due.LastSequence, _stop.Token);

    // What was copied ahead is next: nothing else was taken off the queue since, and it is within what this flush takes. There is always one: what is due waits, and the reach is above the mark.
    private async ValueTask<SliceCopy> NextAsync(DueFlush due)
    {
        if (_ahead is { } ahead)
        {
            _ahead = null;
            return ahead;
        }

        var reach = await ReachAsync(due).ConfigureAwait(false);
        return SliceCopy.Make(queue.Peek(mark.Sequence, reach)!, reach);
    }

    /// <summary>Writes a slice while the next one is copied, and tells which floors rose with it.</summary>
    private async ValueTask<PreparedFloors?> WriteAsync(SliceCopy copy, FlushTrigger trigger)
    {
        // The tier is through with the rows when its task has completed, however that went.
        using var rows = await copy.Rows.ConfigureAwait(false);
        var slice = copy.Slice;
        _ahead = queue.PeekBehind(slice, copy.Reach) is { } next ? SliceCopy.Begin(next, copy.Reach) : null;
        queue.CopiedBytes = rows.HeldBytes + (_ahead?.Slice.Bytes ?? 0);
        try
        {
            var prepared = Prepare(slice, rows);
            slice.LeftOut = prepared is null ? 0 : rows.LeaveOut(prepared.Rule);
            var batch = slice.ToBatch(rows, prepared);
            var write = new SliceWrite(tier, slice, batch, trigger, mark, events, time, logger);
            await tierWrites.RunAsync(write, _stop.Token).ConfigureAwait(false);

            // In the tier, and in memory still, as the mark has not moved (I30).
            follower.Follow(batch);
            return prepared;
        }
        finally
        {
            queue.CopiedBytes = _ahead?.Slice.Bytes ?? 0;
        }
    }

    // Floors that rise end the views of readers below them, so not for a few rows.
    private PreparedFloors? Prepare(FlushSlice slice, SliceRows rows)
        => retention is not null && ((rows.Superseded > 0 && rows.Superseded >= rows.Count / LeastShare) || (reclaimsInSlices && rows.Count >= ManyRows))
            ? retention.Prepare(() => queue.DurableVersionOnceWritten(slice, mark.HighestVersion))
            : null;
}
