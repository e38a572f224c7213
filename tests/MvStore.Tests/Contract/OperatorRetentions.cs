namespace MvStore.Tests.Contract;

/// <summary>What operators keep, as a test says at the moment.</summary>
internal sealed class OperatorRetentions : IOperatorRetentionProvider
{
    public IReadOnlyDictionary<ulong, Retention> Current { get; set; } = new Dictionary<ulong, Retention>();
}
