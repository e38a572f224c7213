namespace MvStore.Tests.Contract;

/// <summary>Keys that begin with o belong to an operator, with s to a source.</summary>
internal sealed class KindByFirstByte : IKeyClassifier
{
    public EntryKind Classify(ReadOnlySpan<byte> key) => key switch
    {
        [(byte)'o', ..] => EntryKind.Operator(1),
        [(byte)'s', ..] => EntryKind.Source(1),
        _ => EntryKind.Multi,
    };
}
