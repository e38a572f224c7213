namespace MvStore;

/// <summary>
/// Keeps the history behind the visible version by distance, age and count, the same amounts as long as the store is open (contract E3). What
/// <see cref="GarbageCollectionOptions"/> says is such a strategy, and always the first. Safe from any thread.
/// </summary>
public sealed class HistoricalStrategy : IGarbageCollectionStrategy
{
    private readonly RetentionPlan _plan;

    /// <summary>Makes the strategy.</summary>
    /// <param name="plan">What is kept, whatever strategies before this one said.</param>
    /// <exception cref="ArgumentNullException"><paramref name="plan"/> is null.</exception>
    public HistoricalStrategy(RetentionPlan plan) => _plan = plan ?? throw new ArgumentNullException(nameof(plan));

    /// <inheritdoc/>
    public RetentionPlan Plan(RetentionPlan before) => _plan;
}
