using MvStore.Contracts;

namespace MvStore.Pacing;

/// <summary>
/// Memory as something that commits may run out of. What counts is everything that grows with what is committed: the unmanaged bytes of the hot tier, also
/// those that only wait for readers to leave, what waits for the persistent tier outside of it, and what makes reads faster.
/// </summary>
/// <param name="plan">The limits.</param>
/// <param name="buffer">The hot tier.</param>
/// <param name="waiting">What waits for the persistent tier; null when there is none.</param>
/// <param name="reading">What makes reads faster.</param>
/// <param name="askForRoom">Asks the flusher, eviction and reclamation to get on with it.</param>
internal sealed class MemoryLimit(MemoryPlan plan, IEvictable buffer, IUnflushed? waiting, IReadMemory reading, Action askForRoom) : ICommitLimit
{
    /// <inheritdoc/>
    public StallReason Reason => StallReason.Memory;

    /// <inheritdoc/>
    public long LimitBytes => plan.Hard;

    /// <inheritdoc/>
    public long SoftBytes => plan.Soft;

    /// <inheritdoc/>
    public long UsedBytes => buffer.UsedBytes + (waiting?.HeldBytes ?? 0) + reading.HeldBytes;

    /// <inheritdoc/>
    public Exception? Obstacle => waiting?.LastFailure;

    /// <inheritdoc/>
    public void AskForRoom() => askForRoom();
}
