namespace MvStore.Reliability.Scripts;

/// <summary>Keys that begin with 'o' are state of one operator, those with 's' rows of one source.</summary>
internal sealed class KindByFirstByte : IKeyClassifier
{
    public static readonly KindByFirstByte Instance = new();

    public EntryKind Classify(ReadOnlySpan<byte> key) => key switch
    {
        [(byte)'o', ..] => EntryKind.Operator(7),
        [(byte)'s', ..] => EntryKind.Source(1),
        _ => EntryKind.Multi,
    };
}
