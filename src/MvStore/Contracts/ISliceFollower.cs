namespace MvStore.Contracts;

/// <summary>Whoever has to know what the persistent tier holds. Called by the flusher alone, one slice at a time.</summary>
internal interface ISliceFollower
{
    /// <summary>
    /// Takes note of a slice that the tier has taken. The durable mark has not moved yet, so everything in the slice is still in memory (I5). Must be quick,
    /// must not wait, must not fail.
    /// </summary>
    /// <param name="batch">The slice; its memory is good for the length of the call.</param>
    void Follow(TierBatch batch);
}
