namespace MvStore.Logging;

/// <summary>
/// The places and versions of publications that are not durable yet. A ring has, for each place, the lowest version from there on: it ascends by place and by version, and if versions ascend it is all there is. What a lower
/// version has followed is apart, by place: of that only the version counts, when it becomes durable. Not safe for concurrent use.
/// </summary>
internal sealed class UndurableCommits
{
    private const int FirstLength = 16;

    // Ascending from _first on, in both. The length is a power of two.
    private (ulong Sequence, ulong Version)[] _ring = new (ulong, ulong)[FirstLength];
    private int _first;
    private int _count;

    // Versions, by place.
    private readonly PriorityQueue<ulong, ulong> _overtaken = new();

    // The highest version that was ever overtaken, and that was ever removed.
    private ulong _highestOvertaken;
    private ulong _highestRemoved;

    /// <summary>The lowest version; null when there is none.</summary>
    public CommitVersion? Lowest => _count == 0 ? null : _ring[_first].Version;

    /// <summary>Adds a publication behind all others.</summary>
    public void Add(ulong sequence, CommitVersion version)
    {
        while (_count > 0 && At(_count - 1).Version > version.Value)
        {
            var (place, overtaken) = At(--_count);
            _overtaken.Enqueue(overtaken, place);
            _highestOvertaken = Math.Max(_highestOvertaken, overtaken);
        }

        if (_count == _ring.Length)
        {
            Grow();
        }

        At(_count++) = (sequence, version.Value);
    }

    /// <summary>The place of the last one whose version is not above a given one; 0 when there is none. The last of them is never overtaken, as all behind it are above.</summary>
    public ulong LastAtOrBelow(CommitVersion version)
    {
        var low = 0;
        var high = _count;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (At(middle).Version <= version.Value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? 0 : At(low - 1).Sequence;
    }

    /// <summary>Removes those that have become durable.</summary>
    /// <param name="sequence">The place of the last of them.</param>
    /// <returns>The highest version that was removed, now or before; 0 when there is none.</returns>
    public CommitVersion RemoveUpTo(ulong sequence)
    {
        if (_count > 0 && At(_count - 1).Sequence <= sequence)
        {
            // The newest is never overtaken, so these are all. What was ever overtaken is removed by now.
            _highestRemoved = Math.Max(_highestRemoved, Math.Max(At(_count - 1).Version, _highestOvertaken));
            _overtaken.Clear();
            _count = 0;
        }

        while (_count > 0 && At(0).Sequence <= sequence)
        {
            _highestRemoved = Math.Max(_highestRemoved, At(0).Version);
            _first = IndexOf(1);
            _count--;
        }

        while (_overtaken.TryPeek(out var version, out var place) && place <= sequence)
        {
            _overtaken.Dequeue();
            _highestRemoved = Math.Max(_highestRemoved, version);
        }

        return _highestRemoved;
    }

    private ref (ulong Sequence, ulong Version) At(int position) => ref _ring[IndexOf(position)];

    private int IndexOf(int position) => (_first + position) & (_ring.Length - 1);

    private void Grow()
    {
        var grown = new (ulong, ulong)[checked(_ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            grown[i] = At(i);
        }

        _ring = grown;
        _first = 0;
    }
}
