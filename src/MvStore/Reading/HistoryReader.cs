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
    TierReads? tier,
    IPublicationSource publication,
    IFloorSource floors,
    IKeyClassifier classifier,
    PersistenceOptions options)
{
    private readonly int _chunkRows = options.ReadPageRows;
    private readonly long _maxBytes = options.ReadPageBytes;
    private readonly int _maxExamined = options.MaxExaminedPerRead;

    /// <summary>The versions: keys ascending, per key the newest first.</summary>
    public async IAsyncEnumerable<VersionedRow> ReadAsync(
        OpenPin pin,
        KeyRange range,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TierPosition? after = null;
        var cut = NewCut();
        while (!RestOf(range, after).IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = await ReadChunkAsync(range, after, pin.View, cancellationToken).ConfigureAwait(false);
            pin.ThrowIfReleased();
            var reach = ReachOf(pin);
            foreach (var row in chunk.Rows)
            {
                if (cut.Admits(row.Key.Span, row.Version, reach))
                {
                    yield return ScanReader.ToVersionedRow(row);
                }
            }

            if (chunk.Next is not { } next)
            {
                yield break;
            }

            after = next;
        }
    }

    /// <summary>Where the histories of one enumeration end.</summary>
    public HistoryCut NewCut() => new(classifier);

    /// <summary>How far down a pin's view can be answered now. To be taken after the rows it is to judge were read.</summary>
    public Reach ReachOf(OpenPin pin) => Reach.Of(pin.View, pin.Visible, pin.Floors.Generation, floors, publication);

    private static KeyRange RestOf(KeyRange range, TierPosition? after) => after?.RestOf(range, ScanDirection.Forward) ?? range;

    /// <summary>The next versions, from both tiers, not cut.</summary>
    /// <param name="range">The keys.</param>
    /// <param name="after">How far it was read; null at the beginning.</param>
    /// <param name="view">What can be seen.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<HistoryChunk> ReadChunkAsync(
        KeyRange range,
        TierPosition? after,
        TierView view,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            // The pin does not protect all that the history shows: what was read under other floors is read again (I22).
            var floorsBefore = floors.Current;
            var chunk = await ReadOnceAsync(range, after, view, cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(floors.Current, floorsBefore))
            {
                return chunk;
            }
        }
    }

    private async ValueTask<HistoryChunk> ReadOnceAsync(KeyRange range, TierPosition? after, TierView view, CancellationToken cancellationToken)
    {
        var rest = RestOf(range, after);

        // Memory first: what moves to disk in between is then found on disk (I5).
        var inMemory = new List<TierRow>();
        var next = Gather(rest, after, view, inMemory);
        List<TierRow> onDisk = [];
        if (tiers.MustAskTier())
        {
            var portion = next is { } reached ? rest.Before(reached.Key.Span, inclusive: true) : rest;
            var scan = new TierScan(portion, view, TierScanMode.History, ScanDirection.Forward, _chunkRows, _maxExamined, after) { MaxBytes = _maxBytes };
            var page = await tier!.ScanAsync(scan, cancellationToken).ConfigureAwait(false);
            onDisk.AddRange(page.Rows);
            next = TierPosition.Earlier(next, page.Next);
        }

        if (next is { } end)
        {
            inMemory.RemoveAll(r => !end.Covers(r.Key.Span, r.Version));
            onDisk.RemoveAll(r => !end.Covers(r.Key.Span, r.Version));
        }

        return new HistoryChunk(Merge(inMemory, onDisk), next);
    }

    private TierPosition? Gather(KeyRange rest, TierPosition? after, TierView view, List<TierRow> rows)
    {
        // Keys count as well as rows: of many a view may see nothing (contract B9).
        var range = rest;
        for (var examined = 0; ;)
        {
            var keys = MemoryRun.Gather(buffer, range, view, ScanDirection.Forward, MemoryRun.BatchKeys);
            foreach (var key in keys.Select(k => k.Key))
            {
                var remaining = after?.RestOf(key.Span, view) ?? view;
                var isWhole = MemoryRun.GatherVersions(buffer, key.Span, remaining, _chunkRows - rows.Count, rows);
                if (!isWhole)
                {
                    return new TierPosition(key, rows[^1].Version);
                }

                if (rows.Count == _chunkRows)
                {
                    return TierPosition.Behind(key);
                }
            }

            if (keys.Count < MemoryRun.BatchKeys)
            {
                return null;
            }

            examined += keys.Count;
            if (examined + rows.Count >= _maxExamined)
            {
                return TierPosition.Behind(keys[^1].Key);
            }

            range = range.After(keys[^1].Key.Span);
        }
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
}
