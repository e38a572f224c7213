namespace MvStore.Filtering;

/// <summary>
/// A filter that grows: when its newest segment is full, one four times as large follows, up to a limit of bytes in all. A look takes one cache miss for each
/// segment, and these do not wait for one another. At the limit the newest segment goes on filling, with more and more keys that pass for known, until the
/// filter is <see cref="IsExhausted"/>. One thread writes at a time; any thread reads, without waiting.
/// </summary>
internal sealed class KeyFilter(long maxBytes)
{
    /// <summary>The size of the first segment, unless the limit is lower.</summary>
    public const long FirstBytes = 16 * 1024;

    private const int Growth = 4;

    // With twice as many keys as it is made for, a filter lets about a sixth of the unknown ones pass.
    private const int MostOverfull = 2;

    // Owner: the one thread that writes. Release store of a new array; readers acquire. Oldest first.
    private FilterSegment[] _segments = [];

    // Owner: the one thread that writes; plain.
    private long _inNewest;

    // Owner: the one thread that writes. Volatile store; whoever counts memory loads.
    private long _bytes;

    /// <summary>What it takes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How many keys were added that were not known before. For the thread that writes.</summary>
    public long Count { get; private set; }

    /// <summary>How many keys its segments are made for. For the thread that writes.</summary>
    public long Capacity => _segments.Sum(s => s.Capacity);

    /// <summary>Whether it holds so many more keys than it is made for that it is of little use. For the thread that writes.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Whether a key may have been added. Any thread.</summary>
    public bool MayHold(ulong hash)
    {
        var segments = Volatile.Read(ref _segments);
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            if (segments[i].MayContain(hash))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a key, unless it passes for known already.</summary>
    public void Add(ulong hash)
    {
        if (MayHold(hash))
        {
            return;
        }

        if ((_segments.Length == 0 || _inNewest >= _segments[^1].Capacity) && !TryGrow() && _segments.Length == 0)
        {
            IsExhausted = true;
            return;
        }

        _segments[^1].Add(hash);
        _inNewest++;
        Count++;
        IsExhausted |= _inNewest >= MostOverfull * _segments[^1].Capacity;
    }

    private bool TryGrow()
    {
        var wanted = _segments.Length == 0 ? FirstBytes : _segments[^1].Bytes * Growth;
        var bytes = Math.Min(wanted, maxBytes - _bytes - FilterSegment.BlockBytes);

        // A segment that is much smaller than the newest is not worth another miss for each look.
        if (bytes < FilterSegment.BlockBytes || (_segments.Length > 0 && bytes < _segments[^1].Bytes / Growth))
        {
            return false;
        }

        var segment = new FilterSegment(bytes);
        Volatile.Write(ref _segments, [.. _segments, segment]);
        Volatile.Write(ref _bytes, _bytes + segment.Bytes);
        _inNewest = 0;
        return true;
    }
}
