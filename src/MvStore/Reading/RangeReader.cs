using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Reads a range in portions, each from both tiers as one (DESIGN.md 3, Reading across tiers). First a run of keys is gathered from memory, which
/// fixes the portion; then the persistent tier is asked for just that portion; then the two are merged. The caller holds a pin.
/// </summary>
internal sealed class RangeReader(IBufferReader buffer, TieredReader tiers, IPersistentTier? tier)
{
    /// <summary>The next portion of a range.</summary>
    /// <param name="range">What is still to be read.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="direction">The order of keys.</param>
    /// <param name="size">About how many keys to look at, at least 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<RangePortion> ReadAsync(
        KeyRange range,
        TierView view,
        ScanDirection direction,
        int size,
        CancellationToken cancellationToken)
    {
        var gathered = MemoryRun.Gather(buffer, range, view, direction, size);

        // A run shorter than asked for has met the end: the portion is all the rest.
        var coveredTo = gathered.Count < size ? (ReadOnlyMemory<byte>?)null : gathered[^1].Key;
        IReadOnlyList<TierRow> onDisk = [];
        if (tiers.MustAskTier())
        {
            var portion = coveredTo is { } last ? UpTo(range, last, direction) : range;
            var page = await tier!
                .ScanAsync(new TierScan(portion, view, TierScanMode.Newest, direction, size), cancellationToken)
                .ConfigureAwait(false);
            onDisk = page.Rows;
            coveredTo = page.CoveredTo ?? coveredTo;
        }

        return new RangePortion(Merge(gathered, onDisk, coveredTo, direction), coveredTo, gathered.Count + onDisk.Count);
    }

    /// <summary>The part of a range behind a key, in scan order.</summary>
    public static KeyRange Behind(KeyRange range, ReadOnlyMemory<byte> key, ScanDirection direction)
        => direction == ScanDirection.Forward ? range.After(key.Span) : range.Before(key.Span);

    private static KeyRange UpTo(KeyRange range, ReadOnlyMemory<byte> key, ScanDirection direction)
        => direction == ScanDirection.Forward ? range.Before(key.Span, inclusive: true) : range.After(key.Span, inclusive: true);

    private static List<TierRow> Merge(
        List<GatheredKey> inMemory,
        IReadOnlyList<TierRow> onDisk,
        ReadOnlyMemory<byte>? coveredTo,
        ScanDirection direction)
    {
        var rows = new List<TierRow>(Math.Max(inMemory.Count, onDisk.Count));
        var next = 0;
        foreach (var each in inMemory)
        {
            var key = each.Key;
            if (coveredTo is { } last && Order(key, last, direction) > 0)
            {
                break;
            }

            while (next < onDisk.Count && Order(onDisk[next].Key, key, direction) < 0)
            {
                rows.Add(onDisk[next++]);
            }

            TierRow? stored = next < onDisk.Count && onDisk[next].Key.Span.SequenceEqual(key.Span) ? onDisk[next++] : null;
            if (each.Entry is { } entry && (stored is null || stored.Value.Version <= entry.Version))
            {
                rows.Add(entry);
            }
            else if (stored is { } row)
            {
                rows.Add(row);
            }
        }

        for (; next < onDisk.Count; next++)
        {
            rows.Add(onDisk[next]);
        }

        return rows;
    }

    private static int Order(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, ScanDirection direction)
    {
        var order = left.Span.SequenceCompareTo(right.Span);
        return direction == ScanDirection.Forward ? order : -order;
    }
}
