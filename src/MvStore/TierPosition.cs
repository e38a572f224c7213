namespace MvStore;

/// <summary>
/// How far a scan of a persistent tier has come, in the order of keys it was asked for: everything about earlier keys is done, and of this
/// key all entries at or above a version are. "Done" means returned, or found not to be asked for; in
/// <see cref="TierScanMode.Newest"/> a key whose entry was returned is done as a whole. The entry named need not exist.
/// </summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The lowest version that is done; <see cref="CommitVersion.Zero"/> when all of them are.</param>
public readonly record struct TierPosition(ReadOnlyMemory<byte> Key, CommitVersion Version)
{
    /// <summary>Whether older entries of <see cref="Key"/> are still to come.</summary>
    public bool IsInsideKey => Version > CommitVersion.Zero;

    /// <summary>The position behind all entries of a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The position.</returns>
    public static TierPosition Behind(ReadOnlyMemory<byte> key) => new(key, CommitVersion.Zero);

    /// <summary>The keys still to come, this one among them while it is partly done.</summary>
    /// <param name="range">All keys of the scan.</param>
    /// <param name="direction">Their order.</param>
    /// <returns>The rest of the range.</returns>
    public KeyRange RestOf(KeyRange range, ScanDirection direction)
        => direction == ScanDirection.Forward ? range.After(Key.Span, IsInsideKey) : range.Before(Key.Span, IsInsideKey);

    /// <summary>What is still to come of a key that is not behind this position.</summary>
    /// <param name="key">The key.</param>
    /// <param name="view">What can be seen of it.</param>
    /// <returns>The view, cut off at this position.</returns>
    public TierView RestOf(ReadOnlySpan<byte> key, TierView view)
        => IsInsideKey && Version <= view.At && key.SequenceEqual(Key.Span) ? view with { At = Version.Value - 1 } : view;

    /// <summary>Of two positions in a forward scan the one that is reached first; null stands for the end.</summary>
    internal static TierPosition? Earlier(TierPosition? left, TierPosition? right)
    {
        if (left is not { } l || right is not { } r)
        {
            return left ?? right;
        }

        return r.Covers(l.Key.Span, l.Version) ? l : r;
    }

    /// <summary>Whether, in a forward scan, an entry is done.</summary>
    internal bool Covers(ReadOnlySpan<byte> key, CommitVersion version)
    {
        var order = key.SequenceCompareTo(Key.Span);
        return order < 0 || (order == 0 && version >= Version);
    }
}
