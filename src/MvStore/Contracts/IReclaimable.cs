namespace MvStore.Contracts;

/// <summary>The buffer, seen from the collector.</summary>
internal interface IReclaimable
{
    /// <summary>Removes from memory every entry that a rule lets go (I8).</summary>
    /// <param name="rule">The rule of this run.</param>
    /// <param name="cancellationToken">Stops between two keys.</param>
    /// <returns>What was done; <see cref="TierReclaimed.Next"/> is null.</returns>
    TierReclaimed Reclaim(RetentionRule rule, CancellationToken cancellationToken);
}
