namespace MvStore.Remote;

/// <summary>Reads of entries, in requests of a few rows. Any thread.</summary>
internal sealed class RemoteReader(RemoteNetwork network)
{
    private const int RowsAtOnce = 64;
    private const int RowsOfAKey = 8;
    private const int KeysAtOnce = 8;

    /// <summary>The newest visible entry of each key: of all keys a few, then of those that are still open a few more.</summary>
    public async ValueTask<IReadOnlyList<TierRow>> GetAsync(
        ulong epoch,
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierView view,
        CancellationToken cancellationToken)
    {
        var found = new TierRow?[keys.Count];
        var open = Enumerable.Range(0, keys.Count).Select(i => (Place: i, From: view.At.Value)).ToList();
        while (open.Count > 0)
        {
            var batch = open.Take(KeysAtOnce).ToArray();
            open.RemoveRange(0, batch.Length);
            var rows = await ReadAsync(epoch, [.. batch.Select(o => OfKey(keys[o.Place].Span, o.From, RowsOfAKey))], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < batch.Length; i++)
            {
                var place = batch[i].Place;
                found[place] = FirstVisible(rows[i], view);
                if (found[place] is null && rows[i].Length == RowsOfAKey)
                {
                    open.Add((place, rows[i][^1].Version.Value - 1));
                }
            }
        }

        return [.. found.Where(f => f is not null).Select(f => f!.Value)];
    }

    /// <summary>One request: so many rows from the position on, whatever can be seen of them.</summary>
    public async ValueTask<TierPage> ScanForwardAsync(ulong epoch, TierScan scan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var range = scan.After?.RestOf(scan.Range, ScanDirection.Forward) ?? scan.Range;
        if (range.IsEmpty)
        {
            return new TierPage([], null, 0);
        }

        var limit = Math.Min(scan.MaxExamined, RowsAtOnce);
        var rows = (await ReadAsync(epoch, [Forward(range, scan.After, limit)], cancellationToken).ConfigureAwait(false))[0];
        var page = new RemotePage(scan);
        foreach (var row in rows)
        {
            if (page.Add(row))
            {
                return page.End();
            }
        }

        return rows.Length < limit ? page.EndOfRange() : page.End();
    }

    /// <summary>Two requests: some keys from the directory, then some rows of each.</summary>
    public async ValueTask<TierPage> ScanReverseAsync(ulong epoch, TierScan scan, CancellationToken cancellationToken)
    {
        if (scan.Mode == TierScanMode.History)
        {
            throw new ArgumentException("A history goes forward only.", nameof(scan));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var range = scan.After?.RestOf(scan.Range, ScanDirection.Reverse) ?? scan.Range;
        if (range.IsEmpty)
        {
            return new TierPage([], null, 0);
        }

        var limit = Math.Min(KeysAtOnce, Math.Min(scan.MaxRows, scan.MaxExamined));
        var keys = await ReadKeysAsync(epoch, Directory(range, limit), cancellationToken).ConfigureAwait(false);
        var perKey = Math.Min(RowsOfAKey, scan.MaxExamined / Math.Max(1, keys.Count));
        var ranges = keys.Select(k => OfKey(k, (scan.After?.RestOf(k, scan.View) ?? scan.View).At.Value, perKey));
        var rows = keys.Count == 0 ? [] : await ReadAsync(epoch, [.. ranges], cancellationToken).ConfigureAwait(false);
        var page = new RemotePage(scan);
        for (var i = 0; i < keys.Count; i++)
        {
            page.Enter(keys[i]);
            foreach (var row in rows[i])
            {
                if (page.Add(row))
                {
                    return page.End();
                }

                if (page.IsKeyDone)
                {
                    break;
                }
            }

            if (!page.IsKeyDone && rows[i].Length == perKey)
            {
                return page.End();
            }

            page.Leave();
        }

        return keys.Count < limit ? page.EndOfRange() : page.End();
    }

    private async ValueTask<TierRow[][]> ReadAsync(ulong epoch, IReadOnlyList<RemoteRange> ranges, CancellationToken cancellationToken)
    {
        var reply = await network.SendAsync(new RemoteRequest(epoch) { Reads = ranges }, cancellationToken).ConfigureAwait(false);
        return [.. RemoteTier.Checked(reply).Rows.Select(rows => rows.Select(RowCodec.ToRow).ToArray())];
    }

    private async ValueTask<IReadOnlyList<byte[]>> ReadKeysAsync(ulong epoch, RemoteRange directory, CancellationToken cancellationToken)
    {
        var reply = await network.SendAsync(new RemoteRequest(epoch) { Reads = [directory] }, cancellationToken).ConfigureAwait(false);
        return [.. RemoteTier.Checked(reply).Rows[0].Select(r => RowCodec.DecodeDirectory(r.Key))];
    }

    private static TierRow? FirstVisible(TierRow[] rows, TierView view)
    {
        foreach (var row in rows)
        {
            if (view.CanSee(row.Version, row.Sequence))
            {
                return row;
            }
        }

        return null;
    }

    private static RemoteRange OfKey(ReadOnlySpan<byte> key, ulong from, int limit)
        => new(RowCodec.Row(RowCodec.EntryTable, key, from), RowCodec.EndOf(RowCodec.EntryTable, key), limit);

    private static RemoteRange Forward(KeyRange range, TierPosition? after, int limit)
    {
        var from = after is { IsInsideKey: true } inside && range.Contains(inside.Key.Span)
            ? RowCodec.Row(RowCodec.EntryTable, inside.Key.Span, inside.Version.Value - 1)
            : range.Start is not { } start ? [RowCodec.EntryTable]
            : range.StartInclusive ? RowCodec.Row(RowCodec.EntryTable, start.Span)
            : RowCodec.EndOf(RowCodec.EntryTable, start.Span);
        var to = range.End is not { } end ? RowCodec.EndOf(RowCodec.EntryTable)
            : range.EndInclusive ? RowCodec.EndOf(RowCodec.EntryTable, end.Span)
            : RowCodec.Row(RowCodec.EntryTable, end.Span);
        return new RemoteRange(from, to, limit);
    }

    private static RemoteRange Directory(KeyRange range, int limit)
    {
        byte[] from = range.End is not { } end ? [RowCodec.DirectoryTable]
            : range.EndInclusive ? RowCodec.DirectoryRow(end.Span)
            : [.. RowCodec.DirectoryRow(end.Span), 0];
        byte[] to = range.Start is not { } start ? RowCodec.EndOf(RowCodec.DirectoryTable)
            : range.StartInclusive ? [.. RowCodec.DirectoryRow(start.Span), 0]
            : RowCodec.DirectoryRow(start.Span);
        return new RemoteRange(from, to, limit);
    }
}
