using MvStore.Contracts;

namespace MvStore.Pacing;

/// <summary>
/// What is left of what commits may run out of: what was measured last, less what is reserved, to be taken no faster than the pace. Belongs to the gate's lock, but for
/// what says otherwise.
/// </summary>
internal sealed class CommitRoom
{
    private readonly ICommitLimit[] _limits;
    private readonly CommitPace? _pace; // Null when commits are not slowed.

    // All owned by the gate's lock.
    private readonly long[] _used; // By limit, as measured last.
    private long _publishedBefore; // Up to the last measurement.
    private long _reserved;

    // By limit: what the first in the queue needs and there is no room for, else 0. Owner: whoever holds the gate's lock. Volatile stores; read by everyone.
    private readonly long[] _wanted;

    /// <param name="limits">What commits may run out of.</param>
    /// <param name="pace">How fast; null for as fast as they like.</param>
    public CommitRoom(ICommitLimit[] limits, CommitPace? pace)
    {
        _limits = limits;
        _pace = pace;
        _used = new long[limits.Length];
        _wanted = new long[limits.Length];
    }

    /// <summary>The bytes that fit into every limit.</summary>
    public long Bytes
    {
        get
        {
            var room = long.MaxValue;
            for (var i = 0; i < _limits.Length; i++)
            {
                room = Math.Min(room, Left(i));
            }

            return room;
        }
    }

    /// <summary>The bytes that may be published before commits have to wait for the pace; <see cref="long.MaxValue"/> when they do not.</summary>
    public long PacedBytes => _pace?.Left ?? long.MaxValue;

    /// <summary>Whether what is reserved is all that the pace allows.</summary>
    public bool IsPaced => PacedBytes <= _reserved;

    /// <summary>How long the pace keeps commits waiting; only while it does.</summary>
    public TimeSpan PaceWait => _pace!.Wait(_reserved);

    /// <summary>Whether a commit of so many bytes may begin.</summary>
    public bool Admits(long bytes) => !IsPaced && FindShortage(bytes) < 0;

    /// <summary>The first limit that has no room for so many bytes more; negative when there is room.</summary>
    public int FindShortage(long bytes)
    {
        for (var i = 0; i < _limits.Length; i++)
        {
            if (Left(i) < bytes)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The first limit that so many bytes never fit into; negative when there is none.</summary>
    public int FindTooSmall(long bytes) => Array.FindIndex(_limits, l => bytes > l.LimitBytes);

    public void Reserve(long bytes) => _reserved += bytes;

    public void Release(long bytes) => _reserved -= bytes;

    /// <summary>Measures everything.</summary>
    /// <param name="published">The bytes that were published so far.</param>
    public void Measure(long published)
    {
        for (var i = 0; i < _limits.Length; i++)
        {
            _used[i] = _limits[i].UsedBytes;
        }

        if (_pace is null)
        {
            return;
        }

        var isShort = false;
        var room = long.MaxValue;
        for (var i = 0; i < _limits.Length; i++)
        {
            isShort |= IsOverSoft(i);

            // Without what is reserved: a commit that was just published counts there too until it gives its reservation back, and would make the bucket small and so its debt.
            room = Math.Min(room, _limits[i].LimitBytes - _used[i]);
        }

        _pace.Measure(isShort, room, published - _publishedBefore);
        _publishedBefore = published;
    }

    /// <summary>Says what the first in the queue has no room for.</summary>
    /// <param name="bytes">What it needs; 0 when nobody waits.</param>
    public void Want(long bytes)
    {
        for (var i = 0; i < _limits.Length; i++)
        {
            Volatile.Write(ref _wanted[i], Left(i) < bytes ? bytes : 0);
        }
    }

    /// <summary>Asks for room wherever it is short or somebody waits for it.</summary>
    public void AskForRoom()
    {
        for (var i = 0; i < _limits.Length; i++)
        {
            if (IsOverSoft(i) || _wanted[i] > 0)
            {
                _limits[i].AskForRoom();
            }
        }
    }

    /// <inheritdoc cref="IRoom.WantedBytes"/>
    /// <remarks>Without the gate's lock.</remarks>
    public long WantedBytes(StallReason what)
    {
        var limit = Array.FindIndex(_limits, l => l.Reason == what);
        return limit < 0 ? 0 : Volatile.Read(ref _wanted[limit]);
    }

    /// <inheritdoc cref="IRoom.IsShort"/>
    /// <remarks>Without the gate's lock.</remarks>
    public bool IsShort(StallReason what) => WantedBytes(what) > 0 || Array.Exists(_limits, l => l.Reason == what && l.UsedBytes > l.SoftBytes);

    /// <summary>What a commit is told that finds no room.</summary>
    public CapacityExceededException Exceeded(int limit, long bytes, TimeSpan waited)
    {
        var exceeded = _limits[limit];
        return new CapacityExceededException(exceeded.Reason, bytes, _used[limit], exceeded.LimitBytes, waited, FindObstacle(exceeded));
    }

    private long Left(int limit) => _limits[limit].LimitBytes - _used[limit] - _reserved;

    private bool IsOverSoft(int limit) => _used[limit] > _limits[limit].SoftBytes;

    // What keeps one thing from becoming free is often what keeps another one from it: the flusher makes room in memory and in the log.
    private Exception? FindObstacle(ICommitLimit exceeded)
        => exceeded.Obstacle ?? Array.Find(_limits, static l => l.Obstacle is not null)?.Obstacle;
}
