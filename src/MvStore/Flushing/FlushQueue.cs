using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>
/// Published commits that are not durable yet, in publication order, and the triggers that follow from them: bytes, entries, age. Its
/// lock is held for a few instructions and nests inside the sequencer's.
/// </summary>
internal sealed class FlushQueue : IPublicationSink, IDisposable
{
    private readonly object _gate = new();
    private readonly FlushOptions _options;
    private readonly FlushSignal _signal;
    private readonly TimeProvider _time;
    private readonly ITimer _ageTimer;

    // All owned by _gate.
    private readonly Queue<(PreparedCommit Commit, long ArrivedAt)> _commits = new();
    private readonly SlidingMinimum _lowest = new();
    private long _entries;
    private long _bytes;
    private ulong _lastSequence;

    public FlushQueue(FlushOptions options, FlushSignal signal, TimeProvider time)
    {
        _options = options;
        _signal = signal;
        _time = time;
        _ageTimer = time.CreateTimer(static s => ((FlushSignal)s!).Raise(FlushTrigger.Age), signal, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Commits waiting.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _commits.Count;
            }
        }
    }

    /// <summary>Bytes of keys and values waiting.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    public void Add(PreparedCommit commit)
    {
        lock (_gate)
        {
            _commits.Enqueue((commit, _time.GetTimestamp()));
            _lowest.Enqueue(commit.Version);
            _entries += commit.EntryCount;
            _bytes += commit.Bytes;
            _lastSequence = commit.Sequence;
            if (_commits.Count == 1)
            {
                ArmAgeTimer();
            }

            if (_bytes >= _options.MaxBytes)
            {
                _signal.Raise(FlushTrigger.Bytes);
            }

            if (_entries >= _options.MaxEntries)
            {
                _signal.Raise(FlushTrigger.Entries);
            }
        }
    }

    /// <summary>The lowest version waiting, or null when nothing waits.</summary>
    public CommitVersion? LowestVersion
    {
        get
        {
            lock (_gate)
            {
                return _lowest.Minimum;
            }
        }
    }

    /// <summary>The newest publication that waits, or that has left already; 0 when there was none.</summary>
    public ulong LastSequence
    {
        get
        {
            lock (_gate)
            {
                return _lastSequence;
            }
        }
    }

    /// <summary>The newest publication at or below a version that waits, or that may have left already; 0 when there was none.</summary>
    public ulong LastSequenceAtOrBelow(CommitVersion version)
    {
        lock (_gate)
        {
            if (version >= CommitVersion.Max)
            {
                return _lastSequence;
            }

            ulong last = 0;
            foreach (var (commit, _) in _commits)
            {
                if (commit.Version <= version)
                {
                    last = commit.Sequence;
                }
            }

            return last;
        }
    }

    /// <summary>The next slice: whole commits from the front up to some bytes, at least one; null when nothing waits. They stay queued.</summary>
    /// <param name="durable">The durable mark.</param>
    /// <param name="last">The newest publication to take. Default: the newest that waits.</param>
    public FlushSlice? Peek(ulong durable, ulong last = ulong.MaxValue)
    {
        var commits = new List<PreparedCommit>();
        lock (_gate)
        {
            long bytes = 0;
            foreach (var (commit, _) in _commits)
            {
                bytes += commit.Bytes;
                if (commit.Sequence > last || (commits.Count > 0 && bytes > _options.MaxSliceBytes))
                {
                    break;
                }

                commits.Add(commit);
            }
        }

        return commits.Count == 0 ? null : new FlushSlice(durable, commits);
    }

    /// <summary>Takes a durable slice off the queue.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="mark">Moves with it: whoever looks at the queue sees both or neither.</param>
    public void Remove(FlushSlice slice, DurableMark mark)
    {
        lock (_gate)
        {
            mark.MoveTo(slice);
            foreach (var commit in slice.Commits)
            {
                _commits.Dequeue();
                _lowest.Dequeue(commit.Version);
                _entries -= commit.EntryCount;
                _bytes -= commit.Bytes;
            }

            ArmAgeTimer();
        }
    }

    public void Dispose() => _ageTimer.Dispose();

    private void ArmAgeTimer()
    {
        if (_options.MaxAge == Timeout.InfiniteTimeSpan || _commits.Count == 0)
        {
            _ageTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var due = _options.MaxAge - _time.GetElapsedTime(_commits.Peek().ArrivedAt);
        _ageTimer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
