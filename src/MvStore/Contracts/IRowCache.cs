namespace MvStore.Contracts;

/// <summary>
/// Rows that the persistent tier was asked for before, seen from readers. Any thread; a look takes no lock and never waits.
/// </summary>
internal interface IRowCache
{
    /// <summary>Looks a row up. To be asked <b>after</b> memory was read (I34).</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its <see cref="KeyHash"/>.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="row">A copy of the newest entry that the tier has of the key, if the view can see it.</param>
    bool TryGet(ReadOnlySpan<byte> key, ulong hash, TierView view, out TierRow row);

    /// <summary>To be called before the tier is asked for a key.</summary>
    /// <param name="hash">The <see cref="KeyHash"/> of the key.</param>
    /// <param name="view">What can be seen.</param>
    /// <returns>To be handed to <see cref="Keep"/> with the answer.</returns>
    CacheTicket Begin(ulong hash, TierView view);

    /// <summary>Keeps a copy of an answer of the tier, if it is worth while and still the newest that the tier has.</summary>
    /// <param name="ticket">From before the tier was asked.</param>
    /// <param name="row">The answer.</param>
    void Keep(CacheTicket ticket, in TierRow row);
}
