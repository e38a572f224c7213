namespace MvStore;

/// <summary>
/// The one rule of reclamation (contract E1, E2), for memory and for every persistent tier. An entry stays if its version is above the
/// floor of its key; or it is the newest at or below that floor, or one of the newest there where more than one is to be kept; or it is what a pin
/// sees. Sound on any subset of a key's entries: what it lets go is hidden, from every reader it knows of, by an entry of the same subset. One exception, where
/// deleted keys go (contract E4): the newest at or below the floor, if it is a deletion that no pin sees, and nothing older of the key stays. With it everything
/// older must go at the same instant. Immutable and safe from any thread.
/// </summary>
public sealed class RetentionRule
{
    private readonly IKeyClassifier _classifier;
    private readonly Pin[] _pins;

    /// <summary>Makes the rule of one run that keeps one version of each key at or below its floor.</summary>
    /// <param name="floors">The floors, published before <paramref name="pins"/> was read.</param>
    /// <param name="pins">The pins that were open after the floors were published.</param>
    /// <param name="classifier">Tells the kind of a key.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public RetentionRule(FloorSet floors, IEnumerable<Pin> pins, IKeyClassifier classifier)
        : this(floors, pins, classifier, RetentionPlan.KeepEverything)
    {
    }

    /// <summary>Makes the rule of one run.</summary>
    /// <param name="floors">The floors, published before <paramref name="pins"/> was read.</param>
    /// <param name="pins">The pins that were open after the floors were published.</param>
    /// <param name="classifier">Tells the kind of a key.</param>
    /// <param name="plan">What is kept of each key at or below its floor; the floors say the rest already.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public RetentionRule(FloorSet floors, IEnumerable<Pin> pins, IKeyClassifier classifier, RetentionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(floors);
        ArgumentNullException.ThrowIfNull(pins);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(plan);
        Floors = floors;
        _classifier = classifier;
        _pins = [.. pins.Distinct()];
        Plan = plan;
    }

    /// <summary>The floors of this run.</summary>
    public FloorSet Floors { get; }

    /// <summary>The pins of this run.</summary>
    public IReadOnlyList<Pin> Pins => _pins;

    /// <summary>What is to be kept in this run.</summary>
    public RetentionPlan Plan { get; }

    /// <summary>
    /// Called before the first time, and perhaps more often, that a deletion is let go, on the thread that asked.
    /// </summary>
    internal Action? OnForgetting { get; init; }

    /// <summary>The floor of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The floor of its kind, or its own, if that is higher.</returns>
    public CommitVersion FloorOf(ReadOnlySpan<byte> key) => FloorsOf(key).Highest;

    /// <summary>The kind of a key, which its floor and what is kept of it follow from.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The kind.</returns>
    public EntryKind KindOf(ReadOnlySpan<byte> key) => _classifier.Classify(key);

    /// <summary>Decides which entries of one key stay. Where it lets all at or below the floor go, those must vanish at one instant, whatever fails.</summary>
    /// <param name="key">The key.</param>
    /// <param name="newestFirst">Entries of the key, descending by version.</param>
    /// <param name="keep">Receives, for each entry, whether it stays. Of the same length.</param>
    /// <returns>How many may go.</returns>
    /// <exception cref="ArgumentException"><paramref name="keep"/> has another length.</exception>
    public int Decide(ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst, Span<bool> keep)
    {
        RequireSameLength(newestFirst, keep.Length, nameof(keep));
        keep.Clear();
        var (above, kept, mayForget) = CountKept(key, newestFirst);
        keep[..(above + kept)].Fill(true);
        foreach (var pin in _pins)
        {
            var seen = IndexSeenBy(pin, key, newestFirst);
            if (seen >= 0)
            {
                keep[seen] = true;
                mayForget &= seen < above;
            }
        }

        if (mayForget)
        {
            OnForgetting?.Invoke();
            keep[above] = false;
        }

        return keep.Count(false);
    }

    /// <summary>Decides the same as <see cref="Decide"/>, and says why (contract E7).</summary>
    /// <param name="key">The key.</param>
    /// <param name="newestFirst">Entries of the key, descending by version.</param>
    /// <param name="verdicts">Receives the verdict on each entry. Of the same length.</param>
    /// <exception cref="ArgumentException"><paramref name="verdicts"/> has another length.</exception>
    public void Explain(ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst, Span<RetentionVerdict> verdicts)
    {
        RequireSameLength(newestFirst, verdicts.Length, nameof(verdicts));
        var (above, kept, mayForget) = CountKept(key, newestFirst);
        for (var i = 0; i < verdicts.Length; i++)
        {
            var reason = i < above ? RetentionReason.AboveFloor
                : i == above ? RetentionReason.NewestAtFloor
                : i < above + kept ? RetentionReason.RetainedPerKey
                : RetentionReason.Reclaimable;
            verdicts[i] = new RetentionVerdict(reason, 0, null);
        }

        foreach (var pin in _pins)
        {
            var seen = IndexSeenBy(pin, key, newestFirst);
            if (seen >= 0)
            {
                ref var verdict = ref verdicts[seen];
                var reason = verdict.IsReclaimable ? RetentionReason.Pinned : verdict.Reason;
                verdict = new RetentionVerdict(reason, verdict.Pins + 1, verdict.Pin ?? pin);
                mayForget &= seen < above;
            }
        }

        if (mayForget)
        {
            verdicts[above] = new RetentionVerdict(RetentionReason.Reclaimable, 0, null);
        }
    }

    /// <summary>The deletion that would go, with what it hides, if one pin were not: where it is, negative for none, and that pin.</summary>
    internal (int Index, Pin Pin) DeletionHeldByOne(ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst)
    {
        var (above, _, mayForget) = CountKept(key, newestFirst);
        var holders = 0;
        Pin holder = default;
        for (var i = 0; mayForget && i < _pins.Length && holders < 2; i++)
        {
            if (IndexSeenBy(_pins[i], key, newestFirst) >= above)
            {
                holders++;
                holder = _pins[i];
            }
        }

        return (holders == 1 ? above : -1, holder);
    }

    private static void RequireSameLength(ReadOnlySpan<VersionStamp> entries, int verdicts, string parameter)
    {
        if (verdicts != entries.Length)
        {
            throw new ArgumentException($"{verdicts} verdicts for {entries.Length} entries.", parameter);
        }
    }

    /// <summary>
    /// How many of the newest entries stay whatever the pins: those above the floor, and some at or below it. The last of them may go all the same if nobody
    /// sees it or anything older: it says that the key is deleted.
    /// </summary>
    private (int Above, int Kept, bool MayForget) CountKept(ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst)
    {
        var floors = FloorsOf(key);
        var floor = floors.Highest;
        var above = 0;
        while (above < newestFirst.Length && newestFirst[above].Version > floor)
        {
            above++;
        }

        // A drop waives retention: what it leaves is one version, whatever its kind keeps.
        var perKey = floors.OfKey > floors.OfKind ? 1 : Plan.Of(floors.Kind).PerKey;
        var kept = Math.Min(perKey, newestFirst.Length - above);
        return (above, kept, kept == 1 && newestFirst[above].IsTombstone && Plan.ReclaimsDeletedKeysOf(floors.Kind));
    }

    private KeyFloors FloorsOf(ReadOnlySpan<byte> key)
    {
        var kind = Plan.DependsOnKind || Floors.ByKind.Count != 0 ? _classifier.Classify(key) : default;
        var ofKind = Floors.Of(kind);
        return new KeyFloors(kind, ofKind, Floors.ByKey.Highest > ofKind ? Floors.ByKey.Of(key) : CommitVersion.Zero);
    }

    /// <summary>Which entry of a key a pin sees; negative for none.</summary>
    internal static int IndexSeenBy(Pin pin, ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst)
    {
        if (pin.Scope is { } scope && !scope.Contains(key))
        {
            return -1;
        }

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

    private readonly record struct KeyFloors(EntryKind Kind, CommitVersion OfKind, CommitVersion OfKey)
    {
        public CommitVersion Highest => OfKey > OfKind ? OfKey : OfKind;
    }
}
