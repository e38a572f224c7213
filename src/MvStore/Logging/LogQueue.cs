using MvStore.Contracts;

namespace MvStore.Logging;

/// <summary>
/// Published commits that are not written yet, in publication order, and the versions of those that are not durable yet. Its lock is held for a few
/// instructions and nests inside the sequencer's.
/// </summary>
internal sealed class LogQueue : IPublicationSink, IDisposable
{
    private readonly object _gate = new();
    private readonly LogSignal _signal;
    private readonly int _writeBytes;
    private readonly TimeSpan _writeDelay;
    private readonly ulong _recovered;
    private readonly ITimer _timer;

    // All owned by _gate.
    private readonly UndurableCommits _undurable = new();
    private List<PreparedCommit> _waiting = [];
    private bool _isTimerSet;
    private ulong _lastSequence;
    private CommitVersion _highestDurable;

    // Bytes of what waits, and of what was taken and is being written. Owner: whoever holds _gate. Release store; readers acquire.
    private long _waitingBytes;
    private long _takenBytes;

    /// <param name="options">When to write.</param>
    /// <param name="signal">Wakes the writer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="recovered">The end of the log that was found: commits up to there are in it, and not taken again.</param>
    public LogQueue(CommitLogOptions options, LogSignal signal, TimeProvider time, LogPosition recovered)
    {
        _writeBytes = options.WriteBytes;
        _writeDelay = options.WriteDelay;
        _signal = signal;
        _recovered = recovered.Sequence;
        _lastSequence = recovered.Sequence;
        _highestDurable = recovered.Highest;
        _timer = time.CreateTimer(static s => ((LogQueue)s!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Bytes of keys and values that are not written. Acquire loads.</summary>
    public long UnwrittenBytes => Volatile.Read(ref _waitingBytes) + Volatile.Read(ref _takenBytes);

    /// <summary>The highest version such that every published commit at or below it is durable.</summary>
    public CommitVersion DurableVersion
    {
        get
        {
            lock (_gate)
            {
                return _undurable.Lowest is { } lowest && lowest <= _highestDurable ? lowest.Value - 1 : _highestDurable;
            }
        }
    }

    /// <summary>The highest version among durable publications.</summary>
    public CommitVersion HighestDurable
    {
        get
        {
            lock (_gate)
            {
                return _highestDurable;
            }
        }
    }

    public void Add(PreparedCommit commit)
    {
        if (commit.Sequence <= _recovered)
        {
            return;
        }

        lock (_gate)
        {
            _waiting.Add(commit);
            _undurable.Add(commit.Sequence, commit.Version);
            _lastSequence = commit.Sequence;
            var before = _waitingBytes;
            Volatile.Write(ref _waitingBytes, before + commit.Bytes);
            if (before < _writeBytes && _waitingBytes >= _writeBytes)
            {
                _signal.Raise();
            }
            else if (!_isTimerSet)
            {
                _isTimerSet = true;
                _timer.Change(_writeDelay, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Takes what waits; it counts as not written until <see cref="EndTake"/>.</summary>
    /// <param name="empty">A list that is empty; it is used from now on.</param>
    /// <returns>The commits in order.</returns>
    public List<PreparedCommit> Take(List<PreparedCommit> empty)
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = empty;
            Volatile.Write(ref _takenBytes, _waitingBytes);
            Volatile.Write(ref _waitingBytes, 0);
            return taken;
        }
    }

    /// <summary>Takes note that what was taken is written, and counted by whoever counts the files.</summary>
    public void EndTake()
    {
        lock (_gate)
        {
            Volatile.Write(ref _takenBytes, 0);
        }
    }

    /// <summary>The newest publication at or below a version that is not durable, or that became so lately; 0 when there is none.</summary>
    public ulong LastSequenceAtOrBelow(CommitVersion version)
    {
        lock (_gate)
        {
            return version >= CommitVersion.Max ? _lastSequence : _undurable.LastAtOrBelow(version);
        }
    }

    /// <summary>Takes note that publications are durable.</summary>
    /// <param name="sequence">Up to which one.</param>
    public void MoveDurable(ulong sequence)
    {
        lock (_gate)
        {
            var removed = _undurable.RemoveUpTo(sequence);
            _highestDurable = removed > _highestDurable ? removed : _highestDurable;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        lock (_gate)
        {
            _isTimerSet = false;
        }

        _signal.Raise();
    }
}
