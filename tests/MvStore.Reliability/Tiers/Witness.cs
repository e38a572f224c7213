namespace MvStore.Reliability.Tiers;

/// <summary>
/// Remembers every write to a tier, over all its openings, and so knows what the disk may hold at each position. The writes come one at a
/// time; safe from any thread.
/// </summary>
internal sealed class Witness(Func<int> position, params IReadOnlyList<TierContent> initial)
{
    private readonly Lock _lock = new();
    private readonly List<TierWrite> _writes = []; // under _lock
    private TierContent _current = initial[0];     // under _lock

    /// <summary>What the tier holds after the last write that returned.</summary>
    public TierContent Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>What the tier may hold now: what it certainly does, and what failed writes since then would have made of it.</summary>
    public IReadOnlyList<TierContent> Possible => PossibleAt(int.MaxValue);

    /// <summary>What a power cut at a position may leave. A write that returned stays; one under way is there or is not.</summary>
    public IReadOnlyList<TierContent> PossibleAt(int point)
    {
        lock (_lock)
        {
            var last = _writes.FindLastIndex(w => w.End is { } end && end <= point);
            List<TierContent> possible = last < 0 ? [.. initial] : [_writes[last].Result];
            possible.AddRange(_writes.Skip(last + 1).TakeWhile(w => w.Begin <= point).Select(w => w.Result));
            return possible;
        }
    }

    /// <summary>Sees what a tier holds that was opened again.</summary>
    public void Reopened(TierContent found)
    {
        var expected = Possible;
        var match = expected.FirstOrDefault(c => c.Text == found.Text)
            ?? throw new LossException($"Reopened with {found}, not with one of: {string.Join("; ", expected)}");

        // What was found is what counts from now on.
        End(Begin(match));
    }

    public TierWrite Begin(TierContent result)
    {
        var write = new TierWrite(position(), result);
        lock (_lock)
        {
            _writes.Add(write);
        }

        return write;
    }

    public void End(TierWrite write)
    {
        var end = position();
        lock (_lock)
        {
            write.End = end;
            _current = write.Result;
        }
    }
}
