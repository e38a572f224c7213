namespace MvStore;

/// <summary>Tells what reclamation would do and why, and changes nothing. May be called from any thread.</summary>
public interface IMultiVersionInspection
{
    /// <summary>
    /// Tells what <see cref="IMultiVersionMaintenance.ReclaimAsync"/> would do now, by reason, and what each open snapshot alone keeps; later lists of open
    /// snapshots show these figures (<see cref="SnapshotInfo.Cost"/>). No floor rises and no drop comes into force. Strategies are asked as by a run. Looks at every
    /// version in both tiers, in bounded portions; reclamation waits meanwhile, nobody else does.
    /// </summary>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="GarbageCollectionStrategyException">A strategy failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<ReclamationPreview> PreviewReclamationAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells of every version of a key, in either tier, whether reclamation would keep it now, by which rule, and which pins see it.</summary>
    /// <param name="key">The key. Not kept.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The verdicts; without versions if the key has none.</returns>
    /// <exception cref="GarbageCollectionStrategyException">A strategy failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed.</exception>
    ValueTask<KeyExplanation> ExplainAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default);
}
