namespace MvStore.GarbageCollection;

/// <summary>A run of neighbouring keys, and when the first of them can be over. Not safe for concurrent use.</summary>
/// <param name="end">Its last key; null for the zone that has no end. It begins behind the one before it.</param>
internal sealed class ExpiryZone(ReadOnlyMemory<byte>? end)
{
    // For each term the first publication that was not over when the zone was looked at, of a key alive; null as long as it is not known.
    private Dictionary<(TimeSpan, TimeToLiveStart), ulong>? _due;

    /// <summary>Its last key; null if it has no end.</summary>
    public ReadOnlyMemory<byte>? End { get; } = end;

    /// <summary>How many keys were looked at in it, the last time.</summary>
    public long Keys { get; private set; }

    /// <summary>Whether there may be something in it that is over.</summary>
    public bool IsDue(ExpiryTerms terms)
    {
        if (_due is null)
        {
            return true;
        }

        foreach (var term in terms.All)
        {
            if (!_due.TryGetValue(term.Id, out var first) || term.Over >= first)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>It was looked at.</summary>
    /// <param name="keys">How many keys.</param>
    /// <param name="alive">By term, a publication: no key that was met alive can be over before time has come to it.</param>
    /// <param name="terms">By which terms.</param>
    /// <param name="published">The last publication before it was looked at: of what came later nothing is known.</param>
    public void Settle(long keys, Dictionary<(TimeSpan, TimeToLiveStart), ulong> alive, ExpiryTerms terms, ulong published)
    {
        Keys = keys;
        _due = terms.All.ToDictionary(term => term.Id, term => Math.Min(alive.GetValueOrDefault(term.Id, ulong.MaxValue), published + 1));
    }

    /// <summary>What was found out is of no account any more.</summary>
    public void Forget() => _due = null;

    /// <summary>The same once more. What is known is replaced, never changed, so that both may refer to it.</summary>
    public ExpiryZone Copy() => new(End) { Keys = Keys, _due = _due };

    /// <summary>This zone and the one behind it as one.</summary>
    public ExpiryZone With(ExpiryZone next)
    {
        var both = new ExpiryZone(next.End) { Keys = Keys + next.Keys };
        if (_due is { } first && next._due is { } second)
        {
            both._due = first.Where(own => second.ContainsKey(own.Key)).ToDictionary(own => own.Key, own => Math.Min(own.Value, second[own.Key]));
        }

        return both;
    }
}
