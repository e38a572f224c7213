using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore;

/// <summary>
/// A scan that allocates nothing per row: portion by portion, it waits only where the persistent tier must be asked, and shows the rows of a portion where they lie.
/// <code>
/// using var scan = store.OpenScan(range, ReadScope.Latest);
/// while (await scan.ReadAsync())
/// {
///     foreach (var row in scan.Rows) { /* row.Key, row.Value */ }
/// }
/// </code>
/// Stable like every scan (contract B8). For one caller at a time; dispose it, because what it needs is pinned until then.
/// </summary>
public abstract class RowScan : IDisposable
{
    private protected RowScan()
    {
    }

    /// <summary>The rows of the current portion. To be enumerated once, to its end, before the next portion is read.</summary>
    public RowPortion Rows => new(this);

    /// <summary>The rows of the current portion when they were copied out of the persistent tier; null when they lie in memory.</summary>
    internal IReadOnlyList<TierRow>? Copied { get; private protected set; }

    /// <summary>Goes on to the next portion. A portion may be empty although more follow; work for one is bounded (contract B9).</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>False at the end of the scan.</returns>
    /// <exception cref="InvalidOperationException">The current portion was not enumerated to its end.</exception>
    /// <exception cref="PersistentTierException">The persistent tier could not answer.</exception>
    /// <exception cref="ObjectDisposedException">The scan, its snapshot or the store was disposed.</exception>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the scan and lets go of what it pinned. Again: without effect.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The enumeration of the current portion begins: enters its epoch.</summary>
    /// <exception cref="InvalidOperationException">It was begun before.</exception>
    internal abstract EpochGuard Enter();

    /// <summary>Reads on in memory, inside an epoch.</summary>
    /// <param name="rows">Receives rows.</param>
    /// <returns>How many; 0 at the end of the portion.</returns>
    internal abstract int Fill(Span<BufferedRow> rows);

    /// <summary>To be called before the epoch is left.</summary>
    /// <param name="isComplete">Whether the portion was read to its end.</param>
    internal abstract void Leave(bool isComplete);

    /// <summary>Lets go of what the scan pinned.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called; otherwise the scan was forgotten.</param>
    private protected abstract void Dispose(bool disposing);
}
