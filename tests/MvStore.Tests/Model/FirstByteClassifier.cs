namespace MvStore.Tests.Model;

/// <summary>
/// Tells kinds by the first byte: 'b' is operator 7, 0xFF is source 3, the rest is multi. It either knows which ranges can hold a kind
/// or answers "maybe" to all of them, as the interface allows.
/// </summary>
internal sealed class FirstByteClassifier(bool precise) : IKeyClassifier
{
    public static readonly EntryKind Operator = EntryKind.Operator(7);
    public static readonly EntryKind Source = EntryKind.Source(3);

    private static readonly KeyRange OperatorKeys = KeyRange.Prefix("b"u8);
    private static readonly KeyRange SourceKeys = KeyRange.Prefix([0xFF]);

    public EntryKind Classify(ReadOnlySpan<byte> key)
        => OperatorKeys.Contains(key) ? Operator : SourceKeys.Contains(key) ? Source : EntryKind.Multi;

    public bool CanHold(KeyRange range, EntryKind kind)
        => !precise || kind switch
        {
            _ when kind == Operator => Overlap(range, OperatorKeys),
            _ when kind == Source => Overlap(range, SourceKeys),
            _ => true,
        };

    private static bool Overlap(KeyRange range, KeyRange keys)
    {
        // Both kinds begin at an inclusive bound, so the ranges meet when the later start of the two is not above either end.
        if (range.IsEmpty)
        {
            return false;
        }

        var start = keys.Start!.Value.Span;
        if (range.Start is { } from && from.Span.SequenceCompareTo(start) >= 0)
        {
            return !keys.IsAboveEnd(from.Span);
        }

        return !range.IsAboveEnd(start);
    }
}
