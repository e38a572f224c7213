namespace MvStore.Tests.Previews;

/// <summary>Says always the same of one operator.</summary>
internal sealed class FixedRetention(Retention retention) : IOperatorRetentionProvider
{
    public IReadOnlyDictionary<ulong, Retention> Current { get; } = new Dictionary<ulong, Retention> { [7] = retention };
}
