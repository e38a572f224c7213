namespace MvStore.Conformance;

/// <summary>Tells kinds by the first byte of a key: <c>s</c> a source, <c>o</c> an operator, all else ordinary data.</summary>
public sealed class TestClassifier : IKeyClassifier
{
    /// <summary>The one instance.</summary>
    public static TestClassifier Instance { get; } = new();

    /// <inheritdoc/>
    public EntryKind Classify(ReadOnlySpan<byte> key) => key switch
    {
        [(byte)'s', ..] => EntryKind.Source(1),
        [(byte)'o', ..] => EntryKind.Operator(ulong.MaxValue),
        _ => EntryKind.Multi,
    };
}
