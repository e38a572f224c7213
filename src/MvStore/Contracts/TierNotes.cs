namespace MvStore.Contracts;

/// <summary>
/// The notes of the engine in the persistent tier, for whoever has something small to keep there: what was there at opening, and the way to set one, repeated
/// as <see cref="TierRetryPolicy"/> says. One stage sets a given note, one call at a time. Any thread.
/// </summary>
internal sealed class TierNotes(IPersistentTier tier, TierWrites writes, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> atOpening)
{
    /// <summary>What a note said when the tier was opened; empty if there was none.</summary>
    public ReadOnlyMemory<byte> AtOpening(string name) => atOpening.GetValueOrDefault(name);

    /// <summary>Sets a note; durable when this returns. Empty content removes it.</summary>
    /// <exception cref="PersistentTierException">It was not set, and may be set again if the failure is transient.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public ValueTask SetAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        TierNote.Check(name, content);
        return writes.RunAsync(() => tier.SetNoteAsync(name, content, cancellationToken), cancellationToken);
    }
}
