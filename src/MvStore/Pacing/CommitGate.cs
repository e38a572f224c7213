using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.Pacing;

/// <summary>
/// Where commits wait for room (DESIGN.md 3, Backpressure). Goal: what is limited stays within its limit, whoever waits is let in as soon as there is room,
/// first come first served, commits are slowed before they have to wait (I39), and a commit far from any limit pays one load. Outline: each measurement says how large a commit may begin without asking
/// (<see cref="FreePass"/>) and after how many published bytes to measure again; a larger commit reserves what it needs, under the lock, until it is linked and
/// so measured itself. Who finds no room waits in a queue; whenever something became free, and every few milliseconds, it is measured again.
/// </summary>
/// <remarks>
/// Why the limit holds: let H be the room at a measurement. Until the next one, commits of H/16 are published, and each commit in flight that did not ask has
/// H/256 at most; so 240 threads at once stay within H. Those that asked are within what is measured and reserved. Why no wake-up is lost: a commit is queued
/// under the lock, after it was measured that there is no room; whatever is freed later is followed by a measurement under the lock, and what nobody tells of,
/// such as a reader that leaves, is found by the timer, which runs as long as somebody waits.
/// </remarks>
internal sealed class CommitGate : ICommitGate, IRoom, IPublicationSink, IDisposable
{
    private const int PassShare = 256;
    private const int MeasureShare = 16;
    private const long LeastMeasured = 4_096;
    private const long NoPass = -1;

    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(10);

    private readonly object _gate = new(); // Nests inside the sequencer's; calls nobody who waits.
    private readonly ICommitLimit[] _limits;
    private readonly TimeSpan _maxStall;
    private readonly FailureLatch _failure;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly CommitPace? _pace; // Null when commits are not slowed.

    // All owned by _gate.
    private readonly StallCounter _slowed = new(StallReason.Slowed);
    private long _publishedBefore; // Up to the last measurement.
    private readonly LinkedList<CommitWaiter> _waiters = new();
    private readonly StallCounter[] _stalls; // One for each limit.
    private readonly long[] _used; // By limit, as measured last.
    private long _reserved;
    private bool _isClosed;
    private bool _isStalling; // From the first that waits to the last.
    private long _stallingSince;

    // Owner: whoever holds _gate. Volatile store; committers load it relaxed: an old value is as if they had come earlier.
    private long _freePass;

    // How many published bytes to measure again at. Owner: whoever holds _gate. Volatile store; the sequencer loads it.
    private long _measureAt;

    // Published so far, in bytes. Owner: the sequencer, in its critical section. Volatile store; whoever measures loads it.
    private LoneCount _published;

    // By limit: what the first in the queue needs and there is no room for, else 0. Owner: whoever holds _gate. Volatile stores; read by everyone.
    private readonly long[] _wanted;

    /// <param name="limits">What commits may run out of.</param>
    /// <param name="maxStall">How long they wait for room at most.</param>
    /// <param name="slowsDown">Whether they are slowed before they have to wait for room; never when they do not wait at all.</param>
    /// <param name="failure">Ends every wait once set.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where stalls are told.</param>
    public CommitGate(IEnumerable<ICommitLimit> limits, TimeSpan maxStall, bool slowsDown, FailureLatch failure, TimeProvider time, ILogger logger)
    {
        _pace = slowsDown && maxStall != TimeSpan.Zero ? new CommitPace(time) : null;
        _limits = [.. limits];
        _stalls = [.. _limits.Select(l => new StallCounter(l.Reason))];
        _used = new long[_limits.Length];
        _wanted = new long[_limits.Length];
        _maxStall = maxStall;
        _failure = failure;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static s => ((CommitGate)s!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Remeasure();
    }

    /// <inheritdoc/>
    public long FreePass => Volatile.Read(ref _freePass);

    /// <inheritdoc/>
    public long WantedBytes(StallReason what)
    {
        var limit = Array.FindIndex(_limits, l => l.Reason == what);
        return limit < 0 ? 0 : Volatile.Read(ref _wanted[limit]);
    }

    /// <inheritdoc/>
    public bool IsShort(StallReason what) => WantedBytes(what) > 0 || Array.Exists(_limits, l => l.Reason == what && l.UsedBytes > l.SoftBytes);

    /// <summary>What commits waited for so far.</summary>
    public IReadOnlyDictionary<StallReason, StallStatistics> Stalls
    {
        get
        {
            lock (_gate)
            {
                return _stalls.Append(_slowed).ToDictionary(s => s.Reason, s => s.Current);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReserve(long bytes)
    {
        lock (_gate)
        {
            return TryReserveMeasured(bytes);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReserveAsync(long bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CommitWaiter waiter;
        bool isFirst;
        lock (_gate)
        {
            if (TryReserveMeasured(bytes))
            {
                return ValueTask.CompletedTask;
            }

            var limit = FindShortage(bytes);
            var stall = limit >= 0 ? _stalls[limit] : _waiters.Last?.Value.Stall ?? _slowed;
            if (_maxStall == TimeSpan.Zero)
            {
                throw Refuse(bytes, Math.Max(limit, 0), TimeSpan.Zero);
            }

            waiter = new CommitWaiter(bytes, stall, _time.GetTimestamp());
            waiter.Place = _waiters.AddLast(waiter);
            stall.Begin();

            // To be slowed is nothing that ends, so it is not told.
            isFirst = !_isStalling && stall != _slowed;
            _stallingSince = isFirst ? waiter.Since : _stallingSince;
            _isStalling |= isFirst;
            Settle();
        }

        if (isFirst)
        {
            Log.StallBegan(_logger, waiter.Stall.Reason, bytes);
        }

        return new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    /// <inheritdoc/>
    public void Release(long bytes)
    {
        lock (_gate)
        {
            _reserved -= bytes;
            MeasureAndLetIn();
        }
    }

    /// <inheritdoc/>
    public void Add(PreparedCommit commit)
    {
        var published = _published.Value + commit.Footprint;
        Volatile.Write(ref _published.Value, published);
        if (published >= Volatile.Read(ref _measureAt))
        {
            Remeasure();
        }
    }

    /// <inheritdoc/>
    public void Remeasure()
    {
        lock (_gate)
        {
            if (_failure.Cause is { } cause)
            {
                EndAll(() => new StoreFailedException(cause));
            }

            MeasureAndLetIn();
        }
    }

    /// <summary>Lets nobody wait any more, now or later.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            EndAll(static () => new ObjectDisposedException(typeof(IMultiVersionStore).FullName));
            Settle();
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool TryReserveMeasured(long bytes)
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(IMultiVersionStore));
        _failure.ThrowIfSet();
        Measure();
        var tooSmall = Array.FindIndex(_limits, l => bytes > l.LimitBytes);
        if (tooSmall >= 0)
        {
            throw Refuse(bytes, tooSmall, TimeSpan.Zero);
        }

        if (_waiters.Count > 0 || FindShortage(bytes) >= 0 || IsPaced)
        {
            return false;
        }

        _reserved += bytes;
        Settle();
        return true;
    }

    private async Task WaitAsync(CommitWaiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            using (cancellationToken.UnsafeRegister(
                static (state, token) =>
                {
                    var (gate, cancelled) = ((CommitGate, CommitWaiter))state!;
                    gate.Cancel(cancelled, token);
                },
                (this, waiter)))
            {
                await waiter.Task.ConfigureAwait(false);
            }
        }
        finally
        {
            TellWhenNobodyWaits();
        }
    }

    private void TellWhenNobodyWaits()
    {
        TimeSpan lasted;
        lock (_gate)
        {
            if (!_isStalling || _waiters.Count > 0)
            {
                return;
            }

            _isStalling = false;
            lasted = _time.GetElapsedTime(_stallingSince);
        }

        Log.StallEnded(_logger, lasted);
    }

    private void Cancel(CommitWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Place is not null)
            {
                Leave(waiter);
                waiter.TrySetCanceled(cancellationToken);

                // Those behind may need less.
                MeasureAndLetIn();
            }
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            Measure();
            LetIn();
            while (_waiters.First?.Value is { } first && _maxStall != Timeout.InfiniteTimeSpan && _time.GetElapsedTime(first.Since) >= _maxStall)
            {
                if (FindShortage(first.Bytes) is var shortage and >= 0)
                {
                    var waited = Leave(first);
                    first.TrySetException(Refuse(first.Bytes, shortage, waited));
                }
                else
                {
                    // There is room: to be slowed is no reason to fail.
                    LetIn(first);
                }

                LetIn();
            }
        }

        Remeasure();
    }

    private void MeasureAndLetIn()
    {
        Measure();
        LetIn();
        Settle();
    }

    private void Measure()
    {
        for (var i = 0; i < _limits.Length; i++)
        {
            _used[i] = _limits[i].UsedBytes;
        }

        if (_pace is not null)
        {
            var published = Volatile.Read(ref _published.Value);
            var isShort = false;
            var room = long.MaxValue;
            for (var i = 0; i < _limits.Length; i++)
            {
                isShort |= _used[i] > _limits[i].SoftBytes;

                // Without what is reserved: a commit that was just published counts there too until it gives its reservation back, and would make the bucket small and so its debt.
                room = Math.Min(room, _limits[i].LimitBytes - _used[i]);
            }

            _pace.Measure(isShort, room, published - _publishedBefore);
            _publishedBefore = published;
        }
    }

    private bool IsPaced => _pace is not null && _pace.Left <= _reserved;

    private long Room
    {
        get
        {
            var room = long.MaxValue;
            for (var i = 0; i < _limits.Length; i++)
            {
                room = Math.Min(room, _limits[i].LimitBytes - _used[i] - _reserved);
            }

            return room;
        }
    }

    /// <summary>The first limit that has no room for so many bytes more; negative when there is room.</summary>
    private int FindShortage(long bytes)
    {
        for (var i = 0; i < _limits.Length; i++)
        {
            if (_limits[i].LimitBytes - _used[i] - _reserved < bytes)
            {
                return i;
            }
        }

        return -1;
    }

    private void LetIn()
    {
        while (_waiters.First?.Value is { } first && !IsPaced && FindShortage(first.Bytes) < 0)
        {
            LetIn(first);
        }
    }

    private void LetIn(CommitWaiter waiter)
    {
        Leave(waiter);
        _reserved += waiter.Bytes;
        waiter.TrySetResult();
    }

    /// <summary>Draws the conclusions from what was measured.</summary>
    private void Settle()
    {
        var room = Room;
        var first = _waiters.First?.Value;
        for (var i = 0; i < _limits.Length; i++)
        {
            var limit = _limits[i];
            var wanted = first is not null && limit.LimitBytes - _used[i] - _reserved < first.Bytes ? first.Bytes : 0;
            Volatile.Write(ref _wanted[i], wanted);
            if (!_isClosed && (_used[i] > limit.SoftBytes || wanted > 0))
            {
                limit.AskForRoom();
            }
        }

        var left = _pace?.Left ?? long.MaxValue;
        Volatile.Write(ref _freePass, first is not null || room <= 0 || left <= _reserved ? NoPass : room / PassShare);
        Volatile.Write(ref _measureAt, Volatile.Read(ref _published.Value) + Math.Max(Math.Min(room / MeasureShare, left), LeastMeasured));
        if (!_isClosed)
        {
            _timer.Change(first is null ? Timeout.InfiniteTimeSpan : DueIn(first), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan DueIn(CommitWaiter first)
    {
        var recheck = IsPaced && FindShortage(first.Bytes) < 0 ? Shortest(_pace!.Wait(_reserved)) : Recheck;
        if (_maxStall == Timeout.InfiniteTimeSpan)
        {
            return recheck;
        }

        // Rounded up, because timers cut off what is below a millisecond.
        var left = Math.Ceiling((_maxStall - _time.GetElapsedTime(first.Since)).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Clamp(left, 1, recheck.TotalMilliseconds));
    }

    private static TimeSpan Shortest(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, Recheck.TotalMilliseconds));

    private TimeSpan Leave(CommitWaiter waiter)
    {
        _waiters.Remove(waiter.Place!);
        waiter.Place = null;
        var waited = _time.GetElapsedTime(waiter.Since);
        waiter.Stall.End(waited);
        return waited;
    }

    private void EndAll(Func<Exception> reason)
    {
        while (_waiters.First?.Value is { } first)
        {
            Leave(first);
            first.TrySetException(reason());
        }
    }

    private CapacityExceededException Refuse(long bytes, int limit, TimeSpan waited)
    {
        _stalls[limit].Refuse();
        var exceeded = _limits[limit];
        return new CapacityExceededException(exceeded.Reason, bytes, _used[limit], exceeded.LimitBytes, waited, FindObstacle(exceeded));
    }

    // What keeps one thing from becoming free is often what keeps another one from it: the flusher makes room in memory and in the log.
    private Exception? FindObstacle(ICommitLimit exceeded)
        => exceeded.Obstacle ?? Array.Find(_limits, static l => l.Obstacle is not null)?.Obstacle;
}
