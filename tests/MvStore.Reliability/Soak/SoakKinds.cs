using MvStore.Reliability.Scripts;

namespace MvStore.Reliability.Soak;

/// <summary>Tells the kind from the first byte of a key, and so of a range within one lane.</summary>
internal sealed class SoakKinds : IKeyClassifier
{
    public static readonly SoakKinds Instance = new();

    public EntryKind Classify(ReadOnlySpan<byte> key) => KindByFirstByte.Instance.Classify(key);

    public bool CanHold(KeyRange range, EntryKind kind)
        => range is not { Start: { Length: > 0 } start, End: { Length: > 0 } end } || start.Span[0] != end.Span[0] || Classify(start.Span) == kind;
}
