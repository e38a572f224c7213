using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Reads keys at a view across both tiers as if they were one (contract B12). Memory first: what moves to disk in between is then found on
/// disk (I5). It knows nothing of floors; whoever calls it answers for those.
/// </summary>
internal sealed class TieredReader(IBufferReader buffer, IPersistentTier? tier, IDurability? durability) : IVersionLookup
{
    /// <summary>The newest entry a view can see, tombstones included.</summary>
    public ValueTask<TierRow?> FindAsync(ReadOnlySpan<byte> key, TierView view, CancellationToken cancellationToken)
    {
        var inMemory = buffer.Find(key, view);
        return inMemory.IsFinal || !MustAskTier()
            ? new ValueTask<TierRow?>(inMemory.Entry?.ToRow(key.ToArray()))
            : FindInBothAsync(key.ToArray(), inMemory.Entry, view, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<TierRow?[]> FindManyAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        var found = new TierRow?[keys.Count];
        var open = new List<int>();
        for (var i = 0; i < keys.Count; i++)
        {
            var inMemory = buffer.Find(keys[i].Span, view);
            found[i] = inMemory.Entry?.ToRow(keys[i].ToArray());
            if (!inMemory.IsFinal)
            {
                open.Add(i);
            }
        }

        if (open.Count == 0 || !MustAskTier())
        {
            return found;
        }

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

        return found;
    }

    /// <summary>Whether the persistent tier can hold anything. To be asked after the buffer was read.</summary>
    public bool MustAskTier() => tier is not null && durability!.Sequence > 0;

    private static TierRow? Newer(TierRow? inMemory, TierRow? onDisk)
        => onDisk is null || (inMemory is not null && inMemory.Value.Version >= onDisk.Value.Version) ? inMemory : onDisk;

    private async ValueTask<TierRow?> FindInBothAsync(
        byte[] key,
        VersionEntry? inMemory,
        TierView view,
        CancellationToken cancellationToken)
    {
        var onDisk = await tier!.GetAsync([key], view, cancellationToken).ConfigureAwait(false);
        return Newer(inMemory?.ToRow(key), onDisk.Count == 0 ? null : onDisk[0]);
    }
}
