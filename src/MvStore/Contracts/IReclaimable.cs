namespace MvStore.Contracts;

/// <summary>The buffer, seen from the collector.</summary>
internal interface IReclaimable
{
    /// <summary>
    /// Removes from memory every entry that a rule lets go (I8). If the rule lets deleted keys go, it also takes out what the persistent tier has and what an entry
    /// that only the tier has may hide: what is at or below its floor and not final (I21).
    /// </summary>
    /// <param name="rule">The rule of this run.</param>
    /// <param name="cancellationToken">Stops between two keys.</param>
    /// <returns>What was done.</returns>
    BufferReclaimed Reclaim(RetentionRule rule, CancellationToken cancellationToken);
}
