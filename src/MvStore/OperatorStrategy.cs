namespace MvStore;

/// <summary>
/// Lets single operators keep more or less history than is kept otherwise, or their keys live for a time, as a provider says at each run (contract E5). Safe from any thread.
/// </summary>
public sealed class OperatorStrategy : IGarbageCollectionStrategy
{
    private readonly IOperatorRetentionProvider _provider;

    /// <summary>Makes the strategy.</summary>
    /// <param name="provider">Tells which operators differ.</param>
    /// <exception cref="ArgumentNullException"><paramref name="provider"/> is null.</exception>
    public OperatorStrategy(IOperatorRetentionProvider provider) => _provider = provider ?? throw new ArgumentNullException(nameof(provider));

    /// <inheritdoc/>
    public RetentionPlan Plan(RetentionPlan before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return before.With(_provider.Current.ToDictionary(own => EntryKind.Operator(own.Key), own => own.Value));
    }
}
