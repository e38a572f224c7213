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
    private readonly TimeSpan _maxStall;
    private readonly FailureLatch _failure;
    private readonly ILogger _logger;
    private readonly ITimer _timer;

    // All owned by _gate.
    private readonly CommitRoom _room;
    private readonly WaitingCommits _waiting;
    private bool _isClosed;

    // Owner: whoever holds _gate. Volatile store; committers load it relaxed: an old value is as if they had come earlier.
    private long _freePass;

    // How many published bytes to measure again at. Owner: whoever holds _gate. Volatile store; the sequencer loads it.
    private long _measureAt;

    // Published so far, in bytes. Owner: the sequencer, in its critical section. Volatile store; whoever measures loads it.
    private LoneCount _published;

    /// <param name="limits">What commits may run out of.</param>
    /// <param name="maxStall">How long they wait for room at most.</param>
    /// <param name="slowsDown">Whether they are slowed before they have to wait for room; never when they do not wait at all.</param>
    /// <param name="failure">Ends every wait once set.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where stalls are told.</param>
    public CommitGate(IEnumerable<ICommitLimit> limits, TimeSpan maxStall, bool slowsDown, FailureLatch failure, TimeProvider time, ILogger logger)
    {
        ICommitLimit[] all = [.. limits];
        _room = new CommitRoom(all, slowsDown && maxStall != TimeSpan.Zero ? new CommitPace(time) : null);
        _waiting = new WaitingCommits(all, time);
        _maxStall = maxStall;
        _failure = failure;
        _logger = logger;
        _timer = time.CreateTimer(static s => ((CommitGate)s!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Remeasure();
    }

    /// <inheritdoc/>
    public long FreePass => Volatile.Read(ref _freePass);

    /// <inheritdoc/>
    public long WantedBytes(StallReason what) => _room.WantedBytes(what);

    /// <inheritdoc/>
    public bool IsShort(StallReason what) => _room.IsShort(what);

    /// <summary>What commits waited for so far.</summary>
    public IReadOnlyDictionary<StallReason, StallStatistics> Stalls
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Stalls;
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
        bool beginsStall;
        lock (_gate)
        {
            if (TryReserveMeasured(bytes))
            {
                return ValueTask.CompletedTask;
            }

            var limit = _room.FindShortage(bytes);
            if (_maxStall == TimeSpan.Zero)
            {
                throw Refuse(bytes, Math.Max(limit, 0), TimeSpan.Zero);
            }

            waiter = _waiting.Add(bytes, limit, out beginsStall);
            Settle();
        }

        if (beginsStall)
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
            _room.Release(bytes);
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
                _waiting.EndAll(() => new StoreFailedException(cause));
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
            _waiting.EndAll(static () => new ObjectDisposedException(typeof(IMultiVersionStore).FullName));
            Settle();
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool TryReserveMeasured(long bytes)
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(IMultiVersionStore));
        _failure.ThrowIfSet();
        Measure();
        var tooSmall = _room.FindTooSmall(bytes);
        if (tooSmall >= 0)
        {
            throw Refuse(bytes, tooSmall, TimeSpan.Zero);
        }

        if (_waiting.First is not null || !_room.Admits(bytes))
        {
            return false;
        }

        _room.Reserve(bytes);
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
        TimeSpan? stalled;
        lock (_gate)
        {
            stalled = _waiting.EndStall();
        }

        if (stalled is { } lasted)
        {
            Log.StallEnded(_logger, lasted);
        }
    }

    private void Cancel(CommitWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Place is not null)
            {
                _waiting.Leave(waiter);
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
            while (_waiting.First is { } first && _maxStall != Timeout.InfiniteTimeSpan && _waiting.WaitOf(first) >= _maxStall)
            {
                if (_room.FindShortage(first.Bytes) is var shortage and >= 0)
                {
                    var waited = _waiting.Leave(first);
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

    private void Measure() => _room.Measure(Volatile.Read(ref _published.Value));

    private void LetIn()
    {
        while (_waiting.First is { } first && _room.Admits(first.Bytes))
        {
            LetIn(first);
        }
    }

    private void LetIn(CommitWaiter waiter)
    {
        _waiting.Leave(waiter);
        _room.Reserve(waiter.Bytes);
        waiter.TrySetResult();
    }

    /// <summary>Draws the conclusions from what was measured.</summary>
    private void Settle()
    {
        var room = _room.Bytes;
        var first = _waiting.First;
        _room.Want(first?.Bytes ?? 0);
        if (!_isClosed)
        {
            _room.AskForRoom();
        }

        Volatile.Write(ref _freePass, first is not null || room <= 0 || _room.IsPaced ? NoPass : room / PassShare);
        var measureIn = Math.Max(Math.Min(room / MeasureShare, _room.PacedBytes), LeastMeasured);
        Volatile.Write(ref _measureAt, Volatile.Read(ref _published.Value) + measureIn);
        if (!_isClosed)
        {
            _timer.Change(first is null ? Timeout.InfiniteTimeSpan : DueIn(first), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan DueIn(CommitWaiter first)
    {
        var recheck = _room.IsPaced && _room.FindShortage(first.Bytes) < 0 ? Shortest(_room.PaceWait) : Recheck;
        if (_maxStall == Timeout.InfiniteTimeSpan)
        {
            return recheck;
        }

        // Rounded up, because timers cut off what is below a millisecond.
        var left = Math.Ceiling((_maxStall - _waiting.WaitOf(first)).TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Clamp(left, 1, recheck.TotalMilliseconds));
    }

    private static TimeSpan Shortest(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 1, Recheck.TotalMilliseconds));

    private CapacityExceededException Refuse(long bytes, int limit, TimeSpan waited)
    {
        _waiting.Refuse(limit);
        return _room.Exceeded(limit, bytes, waited);
    }
}
