using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MvStore.Contracts;
using MvStore.Unmanaged;

namespace MvStore.Reading;

/// <summary>
/// Reads keys at a view across both tiers as if they were one (contract B12). Memory first: what moves to disk in between is then found on
/// disk (I5). It knows nothing of floors; whoever calls it answers for those.
/// </summary>
internal sealed class TieredReader(IBufferReader buffer, TierReads? tier, IStoredKeys? stored = null, IRowCache? cache = null) : IVersionLookup
{
    /// <summary>The newest entry a view can see, tombstones included.</summary>
    public ValueTask<TierRow?> FindAsync(ReadOnlySpan<byte> key, TierView view, CancellationToken cancellationToken)
        => FindAsync(key, KeyHash.Of(key), view, cancellationToken);

    /// <summary>The newest entry a view can see, tombstones included.</summary>
    public ValueTask<TierRow?> FindAsync(ReadOnlySpan<byte> key, ulong hash, TierView view, CancellationToken cancellationToken)
    {
        var (inMemory, isFinal) = FindInMemory(key, hash, view);
        return isFinal || !MustAskTier()
            ? new ValueTask<TierRow?>(inMemory)
            : FindBelowMemoryAsync(key, hash, inMemory, view, cancellationToken);
    }

    /// <summary>The row of a key, wherever it lies, as its reader's own. Memory and filter are asked once.</summary>
    public ValueTask<VersionedRow?> GetAsync(ReadOnlySpan<byte> key, ulong hash, TierView view, CancellationToken cancellationToken)
    {
        var epoch = buffer.Enter();
        var found = buffer.Find(key, hash, view);
        return found.HasEntry && found.IsFinalRow
            ? new ValueTask<VersionedRow?>(ReadResults.Own(MemoryAnswer.Present, new GuardedRow(found, epoch)))
            : GetWithoutFinalRowAsync(found, key, hash, epoch, view, cancellationToken);
    }

    /// <summary>Begins to fetch what a read of a key will look at first; see <see cref="IBufferReader.Prefetch"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash) => buffer.Prefetch(hash);

    /// <summary>The row of a key as far as memory knows, where it lies.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="row">The row, inside an epoch of its own; empty unless it is present.</param>
    public MemoryAnswer Find(ReadOnlySpan<byte> key, ulong hash, TierView view, out GuardedRow row)
    {
        var epoch = buffer.Enter();
        var found = buffer.Find(key, hash, view);
        if (found.HasEntry && found.IsFinalRow)
        {
            row = new GuardedRow(found, epoch);
            return MemoryAnswer.Present;
        }

        return FindWithoutFinalRow(found, hash, epoch, out row);
    }

    /// <inheritdoc/>
    public ValueTask<TierRow?[]> FindManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
    {
        var found = new TierRow?[keys.Count];
        var open = FindInMemory(keys as ReadOnlyMemory<byte>[] ?? [.. keys], view, found);
        if (open.Count > 0 && MustAskTier())
        {
            open.RemoveAll(i => IsKnownWithoutTier(keys[i].Span, view, ref found[i]));
        }

        return open.Count == 0 || !MustAskTier()
            ? new ValueTask<TierRow?[]>(found)
            : FindOnDiskAsync(keys, open, view, found, cancellationToken);
    }

    /// <summary>The rows of some keys, if memory knows all of them: the usual case, without the detour over rows of a tier.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="rows">Receives copies of the rows that are present, in the order of the keys; what it held before goes.</param>
    /// <returns>False, with nothing received, when the tier has to be asked.</returns>
    public bool TryFindMany(ReadOnlySpan<ReadOnlyMemory<byte>> keys, TierView view, List<VersionedRow> rows)
    {
        rows.Clear();
        var rented = ArrayPool<BufferedRow>.Shared.Rent(keys.Length);
        var found = rented.AsSpan(0, keys.Length);
        try
        {
            using var epoch = buffer.Enter();
            buffer.FindMany(keys, view, found);
            if (HasOpen(found) && MustAskTier())
            {
                return false;
            }

            CollectionsMarshal.SetCount(rows, keys.Length);
            var present = 0;
            var received = CollectionsMarshal.AsSpan(rows);
            foreach (ref readonly var row in found)
            {
                if (row.HasEntry && !row.IsTombstone)
                {
                    received[present++] = row.ToVersionedRow();
                }
            }

            CollectionsMarshal.SetCount(rows, present);
            return true;
        }
        finally
        {
            ArrayPool<BufferedRow>.Shared.Return(rented);
        }
    }

    /// <summary>Whether the persistent tier can hold what memory does not. To be asked after the buffer was read.</summary>
    public bool MustAskTier() => tier is not null && !buffer.IsWhole;

    // The filter last: it says of what left memory before memory was read, and of nothing else (I30).
    private bool MustAskTier(ulong hash) => MustAskTier() && (stored is null || stored.MayHold(hash));

    private static bool HasOpen(ReadOnlySpan<BufferedRow> rows)
    {
        foreach (ref readonly var row in rows)
        {
            if (!row.IsFinal)
            {
                return true;
            }
        }

        return false;
    }

    // After memory was read, as above.
    private bool IsKnownWithoutTier(ReadOnlySpan<byte> key, TierView view, ref TierRow? found)
    {
        var hash = KeyHash.Of(key);
        if (stored is not null && !stored.MayHold(hash))
        {
            return true;
        }

        if (cache is null || !cache.TryGet(key, hash, view, out var cached))
        {
            return false;
        }

        found = Newer(found, cached);
        return true;
    }

    private static TierRow? Newer(TierRow? inMemory, TierRow? onDisk)
        => onDisk is null || (inMemory is not null && inMemory.Value.Version >= onDisk.Value.Version) ? inMemory : onDisk;

    private MemoryAnswer FindWithoutFinalRow(BufferedRow found, ulong hash, EpochGuard epoch, out GuardedRow row)
    {
        var isKnown = found.IsFinal || !MustAskTier(hash);
        if (isKnown && found.HasEntry && !found.IsTombstone)
        {
            row = new GuardedRow(found, epoch);
            return MemoryAnswer.Present;
        }

        epoch.Dispose();
        row = default;
        return isKnown ? MemoryAnswer.Absent : MemoryAnswer.NotInMemory;
    }

    // Not inlined, like what follows: a row in memory would pay for the room that the rest needs on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<VersionedRow?> GetWithoutFinalRowAsync(
        BufferedRow found,
        ReadOnlySpan<byte> key,
        ulong hash,
        EpochGuard epoch,
        TierView view,
        CancellationToken cancellationToken)
    {
        TierRow? inMemory;
        bool isKnown;
        using (epoch)
        {
            isKnown = found.IsFinal || !MustAskTier();
            inMemory = found.HasEntry ? found.ToRow() : null;
        }

        return isKnown
            ? new ValueTask<VersionedRow?>(ReadResults.PresentRow(inMemory))
            : ReadResults.ToRowAsync(FindBelowMemoryAsync(key, hash, inMemory, view, cancellationToken));
    }

    // What is cached is as good as the tier's answer (I34), and spares the look at the filter. Both are asked after memory was read (I33).
    private ValueTask<TierRow?> FindBelowMemoryAsync(ReadOnlySpan<byte> key, ulong hash, TierRow? inMemory, TierView view, CancellationToken cancellationToken)
    {
        if (cache is not null && cache.TryGet(key, hash, view, out var cached))
        {
            return new ValueTask<TierRow?>(Newer(inMemory, cached));
        }

        return stored is null || stored.MayHold(hash)
            ? FindInTierAsync(key.ToArray(), hash, inMemory, view, cancellationToken)
            : new ValueTask<TierRow?>(inMemory);
    }

    private (TierRow? Row, bool IsFinal) FindInMemory(ReadOnlySpan<byte> key, ulong hash, TierView view)
    {
        using var epoch = buffer.Enter();
        var row = buffer.Find(key, hash, view);
        return row.HasEntry ? (row.ToRow(), row.IsFinal) : (null, false);
    }

    /// <returns>The keys whose answer may be on disk, by their place.</returns>
    private List<int> FindInMemory(ReadOnlyMemory<byte>[] keys, TierView view, TierRow?[] found)
    {
        var open = new List<int>();
        var rows = ArrayPool<BufferedRow>.Shared.Rent(keys.Length);
        using (buffer.Enter())
        {
            buffer.FindMany(keys, view, rows);
            for (var i = 0; i < keys.Length; i++)
            {
                found[i] = rows[i].HasEntry ? rows[i].ToRow() : null;
                if (!rows[i].IsFinal)
                {
                    open.Add(i);
                }
            }
        }

        ArrayPool<BufferedRow>.Shared.Return(rows);
        return open;
    }

    private async ValueTask<TierRow?[]> FindOnDiskAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        List<int> open,
        TierView view,
        TierRow?[] found,
        CancellationToken cancellationToken)
    {
        var onDisk = await tier!.GetAsync([.. open.Select(i => keys[i])], view, cancellationToken).ConfigureAwait(false);
        var next = 0;
        foreach (var row in onDisk)
        {
            while (!keys[open[next]].Span.SequenceEqual(row.Key.Span))
            {
                next++;
            }

            found[open[next]] = Newer(found[open[next]], row);
        }

        if (onDisk.Count < open.Count)
        {
            stored?.NoteAbsent();
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValueTask<TierRow?> FindInTierAsync(byte[] key, ulong hash, TierRow? inMemory, TierView view, CancellationToken cancellationToken)
    {
        var ticket = cache?.Begin(hash, view) ?? default;
        var read = tier!.GetAsync([key], view, cancellationToken);
        return read.IsCompletedSuccessfully
            ? new ValueTask<TierRow?>(NewerOf(inMemory, read.Result, ticket))
            : AwaitAsync(read, inMemory, ticket);

        async ValueTask<TierRow?> AwaitAsync(ValueTask<IReadOnlyList<TierRow>> asked, TierRow? row, CacheTicket before)
            => NewerOf(row, await asked.ConfigureAwait(false), before);
    }

    private TierRow? NewerOf(TierRow? inMemory, IReadOnlyList<TierRow> onDisk, CacheTicket ticket)
    {
        if (onDisk.Count == 0)
        {
            stored?.NoteAbsent();
            return inMemory;
        }

        var row = onDisk[0];
        cache?.Keep(ticket, row);
        return Newer(inMemory, row);
    }
}
