namespace MvStore.GarbageCollection;

/// <summary>
/// All keys in zones, so that only those are looked at in which something can be over (I44). A zone is found when it is looked at for the first time, and lost with the process. Bounded: where there
/// would be too many, neighbours become one. Not safe for concurrent use; owned by the run of expiry.
/// </summary>
internal sealed class ExpiryZones
{
    /// <summary>The most zones.</summary>
    internal const int Most = 4_096;

    private const int FirstKeysPerZone = 1_024;
    private const long MostBytes = 4 << 20;

    // Ascending; together they are all keys.
    private List<ExpiryZone> _zones = [new ExpiryZone(null)];
    private ExpiryTerms? _terms;
    private int _at;   // the zone that is looked at, or the next one
    private int _left; // how many this run has not come by

    /// <summary>After how many keys a zone ends.</summary>
    public long KeysPerZone { get; private set; } = FirstKeysPerZone;

    /// <summary>How many there are.</summary>
    public int Count => _zones.Count;

    /// <summary>A copy, on which a run can be tried.</summary>
    public ExpiryZones Copy() => new() { _zones = [.. _zones.Select(zone => zone.Copy())], _terms = _terms, _at = _at, KeysPerZone = KeysPerZone };

    /// <summary>Begins a run, where the last one ended.</summary>
    public void Begin(ExpiryTerms terms)
    {
        if (_terms is null || !_terms.AreThoseOf(terms))
        {
            _zones.ForEach(zone => zone.Forget());
        }

        _terms = terms;
        Compact();
        _left = _zones.Count;
    }

    /// <summary>The keys of the next zone in which something can be over; null when the run has come by all of them.</summary>
    public KeyRange? Next()
    {
        for (; _left > 0; _left--, _at++)
        {
            _at = _at < _zones.Count ? _at : 0;
            if (_zones[_at].IsDue(_terms!))
            {
                return RangeOf(_at);
            }
        }

        return null;
    }

    /// <summary>The zone was looked at as far as a key, which becomes its end; the rest is the zone that is looked at.</summary>
    public void Split(ReadOnlyMemory<byte> end, long keys, Dictionary<(TimeSpan, TimeToLiveStart), ulong> alive, ulong published)
    {
        var zone = new ExpiryZone(end.ToArray());
        zone.Settle(keys, alive, _terms!, published);
        _zones.Insert(_at, zone);
        _at++;
    }

    /// <summary>The zone was looked at to its end.</summary>
    public void Complete(long keys, Dictionary<(TimeSpan, TimeToLiveStart), ulong> alive, ulong published)
    {
        var zone = _zones[_at];
        zone.Settle(keys, alive, _terms!, published);

        // Where keys went, one zone is enough.
        if (_at > 0 && _zones[_at - 1].Keys + keys <= KeysPerZone / 2)
        {
            _zones[_at - 1] = _zones[_at - 1].With(zone);
            _zones.RemoveAt(_at);
            _at--;
        }

        _at++;
        _left--;
    }

    private KeyRange RangeOf(int index)
    {
        var range = index > 0 && _zones[index - 1].End is { } before ? KeyRange.All.After(before.Span, inclusive: false) : KeyRange.All;
        return _zones[index].End is { } end ? range.Before(end.Span, inclusive: true) : range;
    }

    private void Compact()
    {
        while (_zones.Count > 1 && (_zones.Count > Most || _zones.Sum(zone => zone.End?.Length ?? 0L) > MostBytes))
        {
            var fewer = new List<ExpiryZone>((_zones.Count / 2) + 1);
            for (var i = 0; i < _zones.Count; i += 2)
            {
                fewer.Add(i + 1 < _zones.Count ? _zones[i].With(_zones[i + 1]) : _zones[i]);
            }

            _zones = fewer;
            _at /= 2;
            KeysPerZone *= 2;
        }
    }
}
