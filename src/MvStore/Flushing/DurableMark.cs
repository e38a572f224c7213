using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>How far the persistent tier has come (I4), and who waits for it. Any thread may wait; only the flusher moves it.</summary>
internal sealed class DurableMark : IDurability
{
    private readonly object _gate = new();
    private readonly FlushQueue _queue;
    private readonly FlushSignal _signal;
    private readonly FailureLatch _failure;

    // Owned by _gate: who waits, by sequence, in order of arrival.
    private readonly List<(ulong Sequence, TaskCompletionSource Done)> _waiters = [];
    private Exception? _closed;

    // Owner: flusher, inside the queue's lock. Release store before anything is evicted; readers acquire.
    private ulong _sequence;
    private ulong _highestVersion;

    // Owner: flusher. Release store; readers acquire. Only names a reason.
    private Exception? _lastFailure;

    public DurableMark(TierState recovered, FlushQueue queue, FlushSignal signal, FailureLatch failure)
    {
        _queue = queue;
        _signal = signal;
        _failure = failure;
        _sequence = recovered.DurableSequence;
        _highestVersion = recovered.HighestVersion.Value;
    }

    public ulong Sequence => Volatile.Read(ref _sequence);

    public CommitVersion HighestVersion => Volatile.Read(ref _highestVersion);

    public CommitVersion Version
    {
        get
        {
            // The queue first: a slice that leaves it in between has moved the highest version already.
            var lowestWaiting = _queue.LowestVersion;
            var highest = HighestVersion;
            return lowestWaiting is { } waiting && waiting <= highest ? waiting.Value - 1 : highest;
        }
    }

    /// <summary>The last failed attempt, or null when the last one succeeded.</summary>
    public Exception? LastFailure
    {
        get => Volatile.Read(ref _lastFailure);
        set => Volatile.Write(ref _lastFailure, value);
    }

    /// <summary>Nothing: to flush is the flusher's alone.</summary>
    public void Bring(ulong sequence)
    {
        // The wait asks him.
    }

    public async ValueTask<CommitReceipt> WaitAsync(ulong sequence, CommitVersion version, CancellationToken cancellationToken)
    {
        if (Sequence >= sequence)
        {
            return new CommitReceipt(version, sequence);
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _failure.ThrowIfSet();
            if (_closed is not null)
            {
                throw _closed;
            }

            if (Sequence >= sequence)
            {
                return new CommitReceipt(version, sequence);
            }

            _waiters.Add((sequence, done));
        }

        _signal.Raise(FlushTrigger.Request);
        try
        {
            await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new CommitReceipt(version, sequence);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Forget(done);
            throw new DurabilityWaitCanceledException(version, LastFailure, cancellationToken);
        }
    }

    /// <summary>Moves the mark. Called by the queue while the slice leaves it, so that no one sees the one without the other.</summary>
    public void MoveTo(FlushSlice slice)
    {
        if (slice.HighestVersion > HighestVersion)
        {
            Volatile.Write(ref _highestVersion, slice.HighestVersion.Value);
        }

        Volatile.Write(ref _sequence, slice.LastSequence);
    }

    /// <summary>Wakes whoever waited for a slice that the mark has moved to.</summary>
    public void Wake(FlushSlice slice)
    {
        lock (_gate)
        {
            _waiters.RemoveAll(w =>
            {
                var isDurable = w.Sequence <= slice.LastSequence;
                if (isDurable)
                {
                    w.Done.TrySetResult();
                }

                return isDurable;
            });
        }
    }

    /// <summary>Ends every wait, now and later, with an exception.</summary>
    public void Close(Exception reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            foreach (var (_, done) in _waiters)
            {
                done.TrySetException(reason);
            }

            _waiters.Clear();
        }
    }

    private void Forget(TaskCompletionSource done)
    {
        lock (_gate)
        {
            _waiters.RemoveAll(w => w.Done == done);
        }
    }
}
