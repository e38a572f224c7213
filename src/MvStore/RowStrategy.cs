namespace MvStore;

/// <summary>
/// Lets deleted keys go (contract E4): a deletion at or below the floor, and with it the key, from both tiers, once neither a pin nor retention needs anything
/// older of the key; a pin that sees the deletion itself keeps it too. Nothing older ever comes back. Afterwards nothing tells that the key was there: stepping back to there says
/// <see cref="PreviousVersionKind.Reclaimed"/>. What <see cref="GarbageCollectionOptions.ReclaimDeletedKeys"/> says is such a strategy, and always the last. Safe from any
/// thread.
/// </summary>
public sealed class RowStrategy : IGarbageCollectionStrategy
{
    /// <inheritdoc/>
    public RetentionPlan Plan(RetentionPlan before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return before.WithDeletedKeys(reclaimed: true);
    }
}
