using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Reads a range in portions, each from both tiers as one (DESIGN.md 3, Reading across tiers). First a run of keys is gathered from memory, which
/// fixes the portion; then the persistent tier is asked for just that portion; then the two are merged. The caller holds a pin.
/// </summary>
internal sealed class RangeReader(IBufferReader buffer, TieredReader tiers, TierReads? tier, PersistenceOptions options)
{
    private readonly long _maxBytes = options.ReadPageBytes;

    /// <summary>The next portion of a range.</summary>
    /// <param name="request">The range and the order of its keys.</param>
    /// <param name="after">How far it was read; null at the beginning.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="size">About how many keys to look at, at least 1.</param>
    /// <param name="maxExamined">The most entries to look at in the persistent tier, at least 1.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<RangePortion> ReadAsync(
        ScanRequest request,
        TierPosition? after,
        TierView view,
        int size,
        int maxExamined,
        CancellationToken cancellationToken)
    {
        var direction = request.Direction;
        var range = after?.RestOf(request.Range, direction) ?? request.Range;
        var gathered = MemoryRun.Gather(buffer, range, view, direction, size);

        // A run shorter than asked for has met the end: the portion is all the rest.
        var next = gathered.Count < size ? (TierPosition?)null : TierPosition.Behind(gathered[^1].Key);
        IReadOnlyList<TierRow> onDisk = [];
        var examined = gathered.Count;
        if (tiers.MustAskTier())
        {
            var portion = next is { } last ? UpTo(range, last.Key, direction) : range;
            var page = await tier!
                .ScanAsync(new TierScan(portion, view, TierScanMode.Newest, direction, size, maxExamined, after) { MaxBytes = _maxBytes }, cancellationToken)
                .ConfigureAwait(false);
            onDisk = page.Rows;
            examined += page.Examined;
            next = page.Next is { } reached ? Settle(reached, gathered) : next;
        }

        return new RangePortion(gathered.Count == 0 ? onDisk : Merge(gathered, onDisk, next, direction), next, examined);
    }

    // A key may be left half examined only while memory holds nothing for it that the examined half would have to beat: what memory holds now
    // may be on disk, in that half, when the next portion looks. An older one is then found in the other half, in either tier.
    private static TierPosition Settle(TierPosition reached, List<GatheredKey> gathered)
        => reached.IsInsideKey
            && gathered.Find(g => g.Key.Span.SequenceEqual(reached.Key.Span)).Entry is { } entry && entry.Version >= reached.Version
            ? TierPosition.Behind(reached.Key)
            : reached;

    private static KeyRange UpTo(KeyRange range, ReadOnlyMemory<byte> key, ScanDirection direction)
        => direction == ScanDirection.Forward ? range.Before(key.Span, inclusive: true) : range.After(key.Span, inclusive: true);

    private static List<TierRow> Merge(
        List<GatheredKey> inMemory,
        IReadOnlyList<TierRow> onDisk,
        TierPosition? end,
        ScanDirection direction)
    {
        var rows = new List<TierRow>(Math.Max(inMemory.Count, onDisk.Count));
        var next = 0;
        foreach (var each in inMemory)
        {
            var key = each.Key;
            if (end is { } last && Order(key, last.Key, direction) is var order && (order > 0 || (order == 0 && last.IsInsideKey)))
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
