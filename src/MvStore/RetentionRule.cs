namespace MvStore;

/// <summary>
/// The one rule of reclamation (contract E1, E2), for memory and for every persistent tier. An entry stays if its version is above the
/// floor of its key; or it is the newest at or below that floor; or it is what a pin sees. Sound on any subset of a key's entries: what
/// it lets go is hidden, from every reader it knows of, by an entry of the same subset. Immutable and safe from any thread.
/// </summary>
public sealed class RetentionRule
{
    private readonly IKeyClassifier _classifier;
    private readonly Pin[] _pins;

    /// <summary>Makes the rule of one run.</summary>
    /// <param name="floors">The floors, published before <paramref name="pins"/> was read.</param>
    /// <param name="pins">The pins that were open after the floors were published.</param>
    /// <param name="classifier">Tells the kind of a key.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public RetentionRule(FloorSet floors, IEnumerable<Pin> pins, IKeyClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(floors);
        ArgumentNullException.ThrowIfNull(pins);
        ArgumentNullException.ThrowIfNull(classifier);
        Floors = floors;
        _classifier = classifier;
        _pins = [.. pins.Distinct()];
    }

    /// <summary>The floors of this run.</summary>
    public FloorSet Floors { get; }

    /// <summary>The pins of this run.</summary>
    public IReadOnlyList<Pin> Pins => _pins;

    /// <summary>Decides which entries of one key stay.</summary>
    /// <param name="key">The key.</param>
    /// <param name="newestFirst">Entries of the key, descending by version.</param>
    /// <param name="keep">Receives, for each entry, whether it stays. Of the same length.</param>
    /// <returns>How many may go.</returns>
    /// <exception cref="ArgumentException"><paramref name="keep"/> has another length.</exception>
    public int Decide(ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst, Span<bool> keep)
    {
        if (keep.Length != newestFirst.Length)
        {
            throw new ArgumentException($"{keep.Length} verdicts for {newestFirst.Length} entries.", nameof(keep));
        }

        keep.Clear();
        var floor = Floors.Of(key, _classifier);
        var firstAtOrBelow = 0;
        while (firstAtOrBelow < newestFirst.Length && newestFirst[firstAtOrBelow].Version > floor)
        {
            keep[firstAtOrBelow++] = true;
        }

        if (firstAtOrBelow < newestFirst.Length)
        {
            keep[firstAtOrBelow] = true;
        }

        foreach (var pin in _pins)
        {
            var seen = IndexSeenBy(pin, newestFirst);
            if (seen >= 0)
            {
                keep[seen] = true;
            }
        }

        return keep.Count(false);
    }

    private static int IndexSeenBy(Pin pin, ReadOnlySpan<VersionStamp> newestFirst)
    {
        // Entries descend by version: skip those above the pin by bisection, then those published after it was opened.
        var low = 0;
        var high = newestFirst.Length;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (newestFirst[middle].Version > pin.At)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        for (; low < newestFirst.Length; low++)
        {
            if (newestFirst[low].Sequence <= pin.Sequence)
            {
                return low;
            }
        }

        return -1;
    }
}
