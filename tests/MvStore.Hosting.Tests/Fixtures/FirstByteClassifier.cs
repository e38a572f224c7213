namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>Keys that begin with <c>o</c> are state of operator 1.</summary>
internal sealed class FirstByteClassifier : IKeyClassifier
{
    public EntryKind Classify(ReadOnlySpan<byte> key) => key.Length > 0 && key[0] == (byte)'o' ? EntryKind.Operator(1) : EntryKind.Multi;
}
