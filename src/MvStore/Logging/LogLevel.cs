using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>
/// One level of safety, written or on disk: how far it has come, and who waits for it. Any thread may wait; the writer moves it, and the flusher does when the
/// persistent tier is ahead.
/// </summary>
internal sealed class LogLevel(LogQueue queue, LogSignal signal, FailureLatch failure, ulong recovered) : IDurability
{
    private readonly object _gate = new();

    // Owned by _gate: who waits, in order of arrival.
    private List<(CommitReceipt Receipt, TaskCompletionSource<CommitReceipt> Done)> _waiters = [];
    private Exception? _closed;

    // Owner: whoever holds _gate. Release store; readers acquire.
    private ulong _sequence = recovered;
    private int _waiting;

    // Owner: who has the writer's turn (I54). Release store; readers acquire. Only names a reason.
    private Exception? _lastFailure;

    // Owner: whoever opens the log, before anyone else has it.
    private LogTurn? _turn;
    private bool _syncs;

    public ulong Sequence => Volatile.Read(ref _sequence);

    public CommitVersion HighestVersion => queue.HighestDurable;

    public CommitVersion Version => queue.DurableVersion;

    /// <summary>How many wait. An acquire load.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Why the log does not get on; null when it does.</summary>
    public Exception? LastFailure
    {
        get => Volatile.Read(ref _lastFailure);
        set => Volatile.Write(ref _lastFailure, value);
    }

    public ValueTask<CommitReceipt> WaitAsync(ulong sequence, CommitVersion version, CancellationToken cancellationToken)
    {
        var receipt = new CommitReceipt(version, sequence);
        if (Sequence >= sequence)
        {
            return new ValueTask<CommitReceipt>(receipt);
        }

        var done = new TaskCompletionSource<CommitReceipt>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (failure.Cause is { } cause)
            {
                return ValueTask.FromException<CommitReceipt>(new StoreFailedException(cause));
            }

            if (_closed is not null)
            {
                return ValueTask.FromException<CommitReceipt>(_closed);
            }

            if (_sequence >= sequence)
            {
                return new ValueTask<CommitReceipt>(receipt);
            }

            _waiters.Add((receipt, done));
            Volatile.Write(ref _waiting, _waiters.Count);
        }

        signal.Raise();
        return cancellationToken.CanBeCanceled ? WaitAsync(done, version, cancellationToken) : new ValueTask<CommitReceipt>(done.Task);
    }

    public void Bring(ulong sequence)
    {
        if (Sequence < sequence)
        {
            _turn?.TryLead(this, sequence, _syncs);
        }
    }

    /// <summary>Lets committers bring it forward themselves.</summary>
    /// <param name="turn">How.</param>
    /// <param name="syncs">Whether that takes a sync.</param>
    public void LetLead(LogTurn turn, bool syncs) => (_turn, _syncs) = (turn, syncs);

    /// <summary>Moves it, unless it is further already, and wakes whoever waited for that.</summary>
    /// <returns>How many were woken.</returns>
    public int MoveTo(ulong sequence)
    {
        lock (_gate)
        {
            if (sequence > _sequence)
            {
                Volatile.Write(ref _sequence, sequence);
            }

            // Nearly always all of them or none.
            var kept = 0;
            for (var i = 0; i < _waiters.Count; i++)
            {
                if (_waiters[i].Receipt.Sequence <= _sequence)
                {
                    _waiters[i].Done.TrySetResult(_waiters[i].Receipt);
                }
                else
                {
                    _waiters[kept++] = _waiters[i];
                }
            }

            var woken = _waiters.Count - kept;
            _waiters.RemoveRange(kept, woken);
            Volatile.Write(ref _waiting, kept);
            return woken;
        }
    }

    /// <summary>Ends every wait, now and later, with an exception.</summary>
    public void Close(Exception reason)
    {
        lock (_gate)
        {
            _closed ??= reason;
            _waiters.ForEach(w => w.Done.TrySetException(reason));
            _waiters = [];
            Volatile.Write(ref _waiting, 0);
        }
    }

    private async ValueTask<CommitReceipt> WaitAsync(TaskCompletionSource<CommitReceipt> done, CommitVersion version, CancellationToken cancellationToken)
    {
        try
        {
            return await done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                _waiters.RemoveAll(w => w.Done == done);
                Volatile.Write(ref _waiting, _waiters.Count);
            }

            throw new DurabilityWaitCanceledException(version, LastFailure, cancellationToken);
        }
    }
}
