using MvStore.Unmanaged;

namespace MvStore.Contracts;

/// <summary>
/// The buffer, seen from readers. Any thread; takes no lock, never waits, allocates nothing (contract B11). What reads is called inside an epoch that
/// <see cref="Enter"/> gave, after the view was captured, and what it returns is good inside that epoch.
/// </summary>
internal interface IBufferReader
{
    /// <summary>
    /// Whether nothing has ever left memory for the persistent tier alone: what is not found here then does not exist. To be asked <b>after</b> the read
    /// it is to judge; an acquire load. Once false it stays so.
    /// </summary>
    bool IsWhole { get; }

    /// <summary>Enters an epoch in which the buffer can be read: its memory outlives it, also if the store is closed meanwhile.</summary>
    /// <returns>Dispose it soon, before any wait.</returns>
    /// <exception cref="ObjectDisposedException">The store was closed.</exception>
    EpochGuard Enter();

    /// <summary>
    /// Begins to fetch what <see cref="Find"/> will look at first, without waiting for it. To be called as early as can be, in or outside an epoch: a processor
    /// looks only some hundred instructions ahead, so that a get begins while the one before it still waits for memory.
    /// </summary>
    /// <param name="hash">The <see cref="KeyHash"/> of the key.</param>
    void Prefetch(ulong hash);

    /// <summary>The best entry of a key in memory.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its <see cref="KeyHash"/>.</param>
    /// <param name="view">What can be seen.</param>
    BufferedRow Find(ReadOnlySpan<byte> key, ulong hash, TierView view);

    /// <summary>The best entries of some keys in memory; what they wait for overlaps.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="rows">Receives one row per key.</param>
    void FindMany(ReadOnlySpan<ReadOnlyMemory<byte>> keys, TierView view, Span<BufferedRow> rows);

    /// <summary>The visible entries of a key in memory, newest first, as many as fit.</summary>
    /// <returns>How many; fewer than fit means that there are no more.</returns>
    int FindVersions(ReadOnlySpan<byte> key, TierView view, Span<BufferedRow> newestFirst);

    /// <summary>A cursor over the keys that are in memory.</summary>
    IBufferCursor Seek(KeyRange range, ScanDirection direction);
}
