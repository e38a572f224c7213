using System.Runtime.CompilerServices;
using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Reads every kept version of a range under a pin, in chunks (contract B5). The pin protects what it sees itself; the versions between the
/// floor and it are protected by the floor alone. So each chunk is cut, after it was read, at the reach of the view: per key, the newest version
/// at or below it is the last.
/// </summary>
internal sealed class HistoryReader(
    IBufferReader buffer,
    TieredReader tiers,
    IPersistentTier? tier,
    IPublicationSource publication,
    IFloorSource floors,
    IKeyClassifier classifier,
    int chunkRows)
{
    /// <summary>The versions: keys ascending, per key the newest first.</summary>
    public async IAsyncEnumerable<VersionedRow> ReadAsync(
        OpenPin pin,
        KeyRange range,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = new HistoryPosition(range, null);
        var cut = new HistoryCut(classifier);
        while (!position.Range.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = await ReadChunkAsync(position, pin.View, cancellationToken).ConfigureAwait(false);
            pin.ThrowIfReleased();
            var reach = Reach.Of(pin.View, pin.Visible, pin.Floors.Generation, floors, publication);
            foreach (var row in chunk.Rows)
            {
                if (cut.Admits(row, reach))
                {
                    yield return ScanReader.ToVersionedRow(row);
                }
            }

            if (chunk.Next is not { } next)
            {
                yield break;
            }

            position = next;
        }
    }

    private async ValueTask<HistoryChunk> ReadChunkAsync(HistoryPosition position, TierView view, CancellationToken cancellationToken)
    {
        // Memory first: what moves to disk in between is then found on disk (I5).
        var inMemory = new List<TierRow>();
        var frontier = Gather(position, view, inMemory);
        List<TierRow> onDisk = [];
        if (tiers.MustAskTier())
        {
            var portion = frontier is { } reached ? position.Range.Before(reached.Key.Span, inclusive: true) : position.Range;
            var scan = new TierScan(portion, view, TierScanMode.History, ScanDirection.Forward, chunkRows, position.Below);
            var page = await tier!.ScanAsync(scan, cancellationToken).ConfigureAwait(false);
            onDisk.AddRange(page.Rows);
            frontier = HistoryFrontier.Earlier(frontier, FrontierOf(page));
        }

        if (frontier is not { } end)
        {
            return new HistoryChunk(Merge(inMemory, onDisk), null);
        }

        inMemory.RemoveAll(r => !end.Covers(r.Key, r.Version));
        onDisk.RemoveAll(r => !end.Covers(r.Key, r.Version));
        return new HistoryChunk(Merge(inMemory, onDisk), end.PositionBehind(position.Range));
    }

    private HistoryFrontier? Gather(HistoryPosition position, TierView view, List<TierRow> rows)
    {
        var range = position.Range;
        while (true)
        {
            var keys = MemoryRun.Gather(buffer, range, view, ScanDirection.Forward, MemoryRun.BatchKeys);
            foreach (var key in keys.Select(k => k.Key))
            {
                var isWhole = MemoryRun.GatherVersions(buffer, key.Span, position.Remaining(key, view), chunkRows - rows.Count, rows);
                if (!isWhole)
                {
                    return new HistoryFrontier(key, rows[^1].Version);
                }

                if (rows.Count == chunkRows)
                {
                    return new HistoryFrontier(key, CommitVersion.Zero);
                }
            }

            if (keys.Count < MemoryRun.BatchKeys)
            {
                return null;
            }

            range = range.After(keys[^1].Key.Span);
        }
    }

    private static HistoryFrontier? FrontierOf(TierPage page)
    {
        if (page.CoveredTo is not { } coveredTo)
        {
            return null;
        }

        // Either inside the last row's key, or behind a key that is done.
        var isInside = page.Rows.Count > 0 && page.Rows[^1].Key.Span.SequenceEqual(coveredTo.Span);
        return new HistoryFrontier(coveredTo, isInside ? page.Rows[^1].Version : CommitVersion.Zero);
    }

    private static List<TierRow> Merge(List<TierRow> inMemory, List<TierRow> onDisk)
    {
        var rows = new List<TierRow>(inMemory.Count + onDisk.Count);
        var next = 0;
        foreach (var row in inMemory)
        {
            while (next < onDisk.Count && Order(onDisk[next], row) < 0)
            {
                rows.Add(onDisk[next++]);
            }

            // The same entry may still be in memory and already on disk.
            next += next < onDisk.Count && Order(onDisk[next], row) == 0 ? 1 : 0;
            rows.Add(row);
        }

        for (; next < onDisk.Count; next++)
        {
            rows.Add(onDisk[next]);
        }

        return rows;
    }

    private static int Order(TierRow left, TierRow right)
    {
        var order = left.Key.Span.SequenceCompareTo(right.Key.Span);
        return order != 0 ? order : right.Version.CompareTo(left.Version);
    }

    private readonly record struct HistoryChunk(IReadOnlyList<TierRow> Rows, HistoryPosition? Next);
}
