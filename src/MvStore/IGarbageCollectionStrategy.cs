namespace MvStore;

/// <summary>
/// Decides how much history is kept (contract E6). It names amounts, never entries: which entries go follows from the amounts by
/// <see cref="RetentionRule"/>, so that no strategy can take from a reader what it needs. Strategies are asked in the order in which they were given to the
/// builder, each starting from what the one before it said.
/// </summary>
public interface IGarbageCollectionStrategy
{
    /// <summary>
    /// What is to be kept. Called once at the beginning of each run, and for each forecast and explanation, from any thread, possibly several at once. Must be
    /// quick. What it throws fails the run as <see cref="GarbageCollectionStrategyException"/>; nothing is reclaimed, and the next run asks again.
    /// </summary>
    /// <param name="before">What the strategies before this one said; for the first, what the options say.</param>
    /// <returns>What is to be kept now. May differ from one run to the next: more history begins to be kept from then on, a floor never goes back.</returns>
    RetentionPlan Plan(RetentionPlan before);
}
