namespace MvStore.Reading;

/// <summary>Where a history read goes on.</summary>
/// <param name="Range">The keys that are still to come.</param>
/// <param name="Below">When not null, the range begins at a key that is partly read: only versions below this one are still to come.</param>
internal readonly record struct HistoryPosition(KeyRange Range, CommitVersion? Below)
{
    /// <summary>What of a key is still to come.</summary>
    public TierView Remaining(ReadOnlyMemory<byte> key, TierView view)
        => Below is { } below && below <= view.At && key.Span.SequenceEqual(Range.Start!.Value.Span)
            ? view with { At = below.Value - 1 }
            : view;
}
