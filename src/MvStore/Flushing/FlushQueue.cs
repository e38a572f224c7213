using MvStore.Contracts;

namespace MvStore.Flushing;

/// <summary>
/// Published commits that are not durable yet, in publication order, and the triggers that follow from them: bytes, entries, age. Its
/// lock is held for a few instructions and nests inside the sequencer's.
/// </summary>
internal sealed class FlushQueue : IPublicationSink, IDisposable
{
    private static readonly FlushTrigger[] MostPressingFirst = [.. Enum.GetValues<FlushTrigger>().Order()];

    // The part of the memory that copies may take.
    private const int CopiesInMemory = 4;
    private const long LeastSliceBytes = 64 * 1024;

    private readonly object _gate = new();
    private readonly FlushOptions _options;
    private readonly FlushSignal _signal;
    private readonly TimeProvider _time;
    private readonly ITimer _ageTimer;
    private readonly long _maxSliceBytes;
    private readonly int _slicesCopied; // at once: the one that is written, and the one behind it where there is room for both
    private readonly int _maxSliceRows;

    // All owned by _gate.
    private readonly Queue<(PreparedCommit Commit, long ArrivedAt)> _commits = new();
    private readonly SlidingMinimum _lowest = new();
    private long _deltas;
    private long _bytes;
    private long _heldByCommits;
    private ulong _lastSequence;

    // What waits takes so much, and what is copied of it next. Owner: whoever holds _gate. Volatile stores; read by whoever counts memory.
    private long _held;
    private long _nextCopies;

    // Copies that are being written. Owner: the flusher. Volatile store; read by everyone.
    private long _copied;

    /// <param name="options">The limits of what waits.</param>
    /// <param name="signal">Told when one is reached.</param>
    /// <param name="time">The clock.</param>
    /// <param name="memoryLimit">What all of the memory is limited to: a slice, which is copied, takes a small part of it.</param>
    /// <param name="capabilities">What the persistent tier takes at once; null without a limit.</param>
    public FlushQueue(
        FlushOptions options,
        FlushSignal signal,
        TimeProvider time,
        long memoryLimit = long.MaxValue,
        TierCapabilities? capabilities = null)
    {
        _options = options;
        var room = Math.Max(memoryLimit / CopiesInMemory, LeastSliceBytes);
        _maxSliceBytes = Math.Min(Math.Min(options.MaxSliceBytes, room), capabilities?.MaxBatchBytes ?? long.MaxValue);

        // Where there is little memory, one large slice is worth more than two small ones: each writes nearly every page that it meets.
        _slicesCopied = _maxSliceBytes <= room / 2 ? 2 : 1;
        _maxSliceRows = capabilities?.MaxBatchRows ?? int.MaxValue;
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

    /// <summary>How long the oldest commit has been waiting; zero when none waits.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            lock (_gate)
            {
                return _commits.Count == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_commits.Peek().ArrivedAt);
            }
        }
    }

    /// <summary>Managed bytes of what waits, and of the copies that are written next. An acquire load, no lock.</summary>
    public long HeldBytes => Volatile.Read(ref _held) + Math.Max(Volatile.Read(ref _nextCopies), Volatile.Read(ref _copied));

    /// <summary>Bytes of the copies that are being written. Set by the flusher.</summary>
    public long CopiedBytes
    {
        set => Volatile.Write(ref _copied, value);
    }

    public void Add(PreparedCommit commit)
    {
        lock (_gate)
        {
            _commits.Enqueue((commit, _time.GetTimestamp()));
            _lowest.Enqueue(commit.Version);
            _deltas += commit.DeltaCount;
            _bytes += commit.Bytes;
            _heldByCommits += commit.HeldBytes;
            CountHeld();
            _lastSequence = commit.Sequence;
            if (_commits.Count == 1)
            {
                ArmAgeTimer();
            }

            if (_bytes >= _options.MaxBytes)
            {
                _signal.Raise(FlushTrigger.Bytes);
            }

            if (_deltas >= _options.MaxEntries)
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

    /// <summary>The durable version once a slice is written: the highest version there is on disk then, or one less than the lowest that still waits.</summary>
    /// <param name="slice">The slice at the front.</param>
    /// <param name="highestBefore">The highest version on disk now.</param>
    public CommitVersion DurableVersionOnceWritten(FlushSlice slice, CommitVersion highestBefore)
    {
        var highest = slice.HighestVersion > highestBefore ? slice.HighestVersion : highestBefore;
        lock (_gate)
        {
            return _lowest.MinimumBehind(slice.Commits.Count) is { } waiting && waiting <= highest ? waiting.Value - 1 : highest;
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

    /// <summary>
    /// Decides on a wake-up. A trigger may have been raised for commits that a flush under way was taking already, or by a timer that is a little
    /// early; so bytes, entries and age are measured again. A request and disposal always stand.
    /// </summary>
    /// <param name="raised">The triggers that were raised.</param>
    /// <returns>The flush that is to begin, named after the most pressing trigger that stands; null when none does.</returns>
    public DueFlush? TakeDue(TriggerSet raised)
    {
        lock (_gate)
        {
            if (raised.Contains(FlushTrigger.Age) && !IsDue(FlushTrigger.Age))
            {
                // Its timer has fired, and nobody else would start it again for the commit that is the oldest now.
                ArmAgeTimer();
            }

            foreach (var trigger in MostPressingFirst)
            {
                if (raised.Contains(trigger) && IsDue(trigger))
                {
                    return new DueFlush(trigger, _lastSequence);
                }
            }

            return null;
        }
    }

    /// <summary>The next slice: whole commits from the front as far as options and tier allow, at least one; null when nothing waits. They stay queued.</summary>
    /// <param name="durable">The durable mark.</param>
    /// <param name="last">The newest publication to take. Default: the newest that waits.</param>
    public FlushSlice? Peek(ulong durable, ulong last = ulong.MaxValue) => Cut(durable, 0, last);

    /// <summary>
    /// The slice behind the one at the front, as if that had been written; null when nothing waits there, or memory has no room for the copies of both. Its commits stay queued too. By the flusher.
    /// </summary>
    /// <param name="front">The slice at the front.</param>
    /// <param name="last">The newest publication to take.</param>
    public FlushSlice? PeekBehind(FlushSlice front, ulong last)
        => _slicesCopied > 1 ? Cut(front.LastSequence, front.Commits.Count, last) : null;

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
                _deltas -= commit.DeltaCount;
                _bytes -= commit.Bytes;
                _heldByCommits -= commit.HeldBytes;
            }

            CountHeld();

            ArmAgeTimer();
        }
    }

    public void Dispose() => _ageTimer.Dispose();

    private FlushSlice? Cut(ulong durable, int behind, ulong last)
    {
        var commits = new List<PreparedCommit>();
        lock (_gate)
        {
            long bytes = 0;
            long rows = 0;
            foreach (var (commit, _) in _commits)
            {
                if (behind > 0)
                {
                    behind--;
                    continue;
                }

                bytes += commit.Bytes;
                rows += commit.RowCount;
                if (commit.Sequence > last || (commits.Count > 0 && (bytes > _maxSliceBytes || rows > _maxSliceRows)))
                {
                    break;
                }

                commits.Add(commit);
            }
        }

        return commits.Count == 0 ? null : new FlushSlice(durable, commits);
    }

    // Copies count before they are made, so that copying takes no room from commits that were let in.
    private void CountHeld()
    {
        Volatile.Write(ref _held, _heldByCommits);
        Volatile.Write(ref _nextCopies, Math.Min(_bytes, _slicesCopied * _maxSliceBytes));
    }

    private bool IsDue(FlushTrigger trigger) => trigger switch
    {
        FlushTrigger.Bytes => _bytes >= _options.MaxBytes,
        FlushTrigger.Entries => _deltas >= _options.MaxEntries,
        FlushTrigger.Age => UntilAge() <= TimeSpan.Zero,
        _ => true,
    };

    // How long until the oldest commit comes of age; not above zero when it is, null when none will.
    private TimeSpan? UntilAge()
        => _options.MaxAge == Timeout.InfiniteTimeSpan || _commits.Count == 0
            ? null
            : _options.MaxAge - _time.GetElapsedTime(_commits.Peek().ArrivedAt);

    // Rounded up, because timers cut off what is below a millisecond, and one that is early has to be started again.
    private void ArmAgeTimer()
    {
        var due = UntilAge() is { } left
            ? TimeSpan.FromMilliseconds((long)Math.Ceiling(Math.Max(0, left.TotalMilliseconds)))
            : Timeout.InfiniteTimeSpan;
        _ageTimer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
