namespace MvStore.Contracts;

/// <summary>
/// Walks the keys in memory, in order. Belongs to one caller. It meets every key that was in memory since the cursor was made; of keys that come or go
/// meanwhile it may meet some, and none of those has an entry in memory that a view captured before can see, or it has moved to the persistent tier.
/// </summary>
internal interface IBufferCursor
{
    /// <summary>The next keys, each with its best entry in memory, or without one. Inside an epoch.</summary>
    /// <param name="view">What can be seen.</param>
    /// <param name="rows">Receives them.</param>
    /// <returns>How many: 0 at the end, and only there.</returns>
    int Read(TierView view, Span<BufferedRow> rows);

    /// <summary>To be called before the epoch is left if the cursor is to be used in another one.</summary>
    void Suspend();
}
