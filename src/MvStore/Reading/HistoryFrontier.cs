namespace MvStore.Reading;

/// <summary>How far a source of history has been read: every earlier key, and of this key the versions from one on upwards.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The lowest version read; 0 when the key is done.</param>
internal readonly record struct HistoryFrontier(ReadOnlyMemory<byte> Key, CommitVersion Version)
{
    /// <summary>The frontier that is reached first; null stands for the end.</summary>
    public static HistoryFrontier? Earlier(HistoryFrontier? left, HistoryFrontier? right)
    {
        if (left is not { } l || right is not { } r)
        {
            return left ?? right;
        }

        return r.Covers(l.Key, l.Version) ? l : r;
    }

    /// <summary>Whether an entry lies before or on the frontier.</summary>
    public bool Covers(ReadOnlyMemory<byte> key, CommitVersion version)
    {
        var order = key.Span.SequenceCompareTo(Key.Span);
        return order < 0 || (order == 0 && version >= Version);
    }

    /// <summary>Where to go on in a range.</summary>
    public HistoryPosition PositionBehind(KeyRange range)
        => Version == CommitVersion.Zero
            ? new HistoryPosition(range.After(Key.Span), null)
            : new HistoryPosition(range.After(Key.Span, inclusive: true), Version);
}
