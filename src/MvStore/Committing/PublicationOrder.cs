namespace MvStore.Committing;

/// <summary>
/// Which is the lowest version behind a publication, and which the last publication at or below a version, in bounded memory: the publications that have no later one at or below their version.
/// When they are too many, neighbours that are close for their age are taken together, as a publication at the lower version and with the later place. That makes the one answer lower, the other one later,
/// and so both careful. Not safe for concurrent use; owned by the sequencer's critical section.
/// </summary>
internal sealed class PublicationOrder
{
    // With it, and neighbours within a 32nd of their age, there are never more than some 2,900 left when they were taken together.
    private const int MaxCount = 4_096;
    private const ulong Fineness = 32;

    // Ascending in both.
    private readonly List<(ulong Version, ulong Sequence)> _lasts = [];

    /// <summary>How many places it takes.</summary>
    public int Count => _lasts.Count;

    /// <summary>Adds a publication behind all others.</summary>
    public void Add(CommitVersion version, ulong sequence)
    {
        var count = _lasts.Count;
        while (count > 0 && _lasts[count - 1].Version >= version.Value)
        {
            count--;
        }

        if (count < _lasts.Count)
        {
            _lasts.RemoveRange(count, _lasts.Count - count);
        }

        _lasts.Add((version.Value, sequence));
        if (_lasts.Count > MaxCount)
        {
            Thin();
        }
    }

    /// <summary>The last publication at or below a version, or a later one; 0 when there is none.</summary>
    public ulong LastAtOrBelow(CommitVersion version)
    {
        var low = 0;
        var high = _lasts.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _lasts[middle].Version <= version.Value ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? 0 : _lasts[low - 1].Sequence;
    }

    /// <summary>The lowest version behind a publication, or a lower one; null when there is none.</summary>
    public CommitVersion? LowestAfter(ulong sequence)
    {
        var first = CountUpTo(sequence);
        return first == _lasts.Count ? null : _lasts[first].Version;
    }

    /// <summary>Forgets publications; nobody will ask about those up to this one.</summary>
    public void ForgetUpTo(ulong sequence) => _lasts.RemoveRange(0, CountUpTo(sequence));

    private int CountUpTo(ulong sequence)
    {
        var low = 0;
        var high = _lasts.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _lasts[middle].Sequence <= sequence ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Thin()
    {
        var newest = _lasts[^1].Sequence;
        var kept = 0;
        ulong before = 0; // The last of the group before the one that grows: measured from there, no group grows from one time to the next but with its age.
        for (var i = 1; i < _lasts.Count; i++)
        {
            var (version, sequence) = _lasts[i];
            if (sequence - before <= (newest - sequence) / Fineness)
            {
                _lasts[kept] = (_lasts[kept].Version, sequence);
                continue;
            }

            before = _lasts[kept].Sequence;
            _lasts[++kept] = (version, sequence);
        }

        _lasts.RemoveRange(kept + 1, _lasts.Count - kept - 1);
    }
}
