namespace MvStore.Reading;

/// <summary>
/// Ends the history of each key at the newest version at or below its floor, or above the floor when the view does not reach down to it.
/// Fed with rows in history order; remembers the key it is in, so that a key may span chunks read under different floors. Belongs to
/// one enumeration.
/// </summary>
internal sealed class HistoryCut(IKeyClassifier classifier)
{
    private KeyBuffer _key;
    private CommitVersion _last;

    /// <summary>Whether a row belongs to the history. If not, none of the older rows of its key does.</summary>
    /// <param name="key">The key of the next row.</param>
    /// <param name="version">Its version.</param>
    /// <param name="reach">How far down the view can be answered, taken after the row was read.</param>
    public bool Admits(ReadOnlySpan<byte> key, CommitVersion version, Reach reach)
    {
        var isSameKey = _key.IsSet && key.SequenceEqual(_key.Span);
        var floor = reach.FloorOf(key, classifier);
        if (isSameKey && (_last <= floor || (version <= floor && !reach.ReachesFloorOf(key, classifier))))
        {
            return false;
        }

        if (!isSameKey)
        {
            _key.Set(key);
        }

        _last = version;
        return true;
    }
}
