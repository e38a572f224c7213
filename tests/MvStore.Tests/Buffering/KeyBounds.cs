namespace MvStore.Tests.Buffering;

/// <summary>The bounds of a range, with the question whether a key is between them answered without <see cref="KeyRange"/>.</summary>
internal sealed record KeyBounds(byte[]? Start, bool StartInclusive, byte[]? End, bool EndInclusive)
{
    public static KeyBounds None { get; } = new(null, false, null, false);

    public KeyRange ToRange() => (Start, End) switch
    {
        (null, null) => KeyRange.All,
        (null, _) => KeyRange.Until(End, EndInclusive),
        (_, null) => KeyRange.From(Start, StartInclusive),
        _ => KeyRange.Between(Start, StartInclusive, End, EndInclusive),
    };

    public bool Holds(byte[] key)
    {
        var fromStart = Start is null ? 1 : BytewiseComparer.Instance.Compare(key, Start);
        var toEnd = End is null ? 1 : BytewiseComparer.Instance.Compare(End, key);
        return (fromStart > 0 || (fromStart == 0 && StartInclusive)) && (toEnd > 0 || (toEnd == 0 && EndInclusive));
    }

    public override string ToString()
        => $"{(StartInclusive ? '[' : '(')}{Text(Start)}, {Text(End)}{(EndInclusive ? ']' : ')')}";

    private static string Text(byte[]? bound) => bound is null ? "unbounded" : $"0x{Convert.ToHexString(bound)}";
}
