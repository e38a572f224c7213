namespace MvStore.Reading;

/// <summary>
/// Ends the history of each key at the newest version at or below its floor, or above the floor when the view does not reach down to it.
/// Fed with rows in history order; remembers the key it is in, so that a key may span chunks read under different floors. Belongs to
/// one enumeration.
/// </summary>
internal sealed class HistoryCut(IKeyClassifier classifier)
{
    private ReadOnlyMemory<byte>? _key;
    private CommitVersion _last;

    /// <summary>Whether a row belongs to the history.</summary>
    /// <param name="row">The next row.</param>
    /// <param name="reach">How far down the view can be answered, taken after the row was read.</param>
    public bool Admits(TierRow row, Reach reach)
    {
        var isSameKey = _key is { } key && key.Span.SequenceEqual(row.Key.Span);
        var floor = reach.FloorOf(row.Key.Span, classifier);
        if (isSameKey && (_last <= floor || (row.Version <= floor && !reach.ReachesFloorOf(row.Key.Span, classifier))))
        {
            return false;
        }

        _key = row.Key;
        _last = row.Version;
        return true;
    }
}
