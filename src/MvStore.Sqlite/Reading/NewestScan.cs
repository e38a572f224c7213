namespace MvStore.Sqlite.Reading;

/// <summary>
/// One page of a scan that returns one entry for each key. It walks the newest entries of all keys, in either direction; for a key whose newest
/// one the view cannot see, it looks at the older ones, newest first (<see cref="HistoryCursor"/>). So a read of the present never meets an
/// old version. The page may end on any row that it looked at: then nothing of that key at or above the row can be seen. Rows that only
/// lie on the way are not counted; there are at most a few for each key.
/// </summary>
internal sealed class NewestScan
{
    private readonly Reader _reader;
    private readonly TierScan _scan;
    private readonly CancellationToken _cancellationToken;
    private readonly long _at;
    private readonly long _sequence;
    private readonly KeyRange _rest; // what is still to be walked
    private readonly HistoryCursor _history;
    private readonly List<TierRow> _rows;
    private int _looked; // rows looked at in all
    private long _bytes; // bytes of keys and values on the page

    public NewestScan(Reader reader, TierScan scan, CancellationToken cancellationToken)
    {
        _reader = reader;
        _rows = reader.TakeList();
        _scan = scan;
        _cancellationToken = cancellationToken;
        _at = SignedColumn.Clamped(scan.View.At.Value);
        _sequence = SignedColumn.Clamped(scan.View.Sequence);
        _rest = scan.After?.RestOf(scan.Range, scan.Direction) ?? scan.Range;
        _history = new HistoryCursor(reader, _rest, scan.Direction);
    }

    private int Left => _scan.MaxExamined - _looked;

    private bool IsFull => _rows.Count >= _scan.MaxRows || _bytes >= _scan.MaxBytes || Left == 0;

    public TierPage Run()
    {
        if (_rest.IsEmpty)
        {
            return Page(null);
        }

        if (_scan.After is not { IsInsideKey: true } after || !_rest.Contains(after.Key.Span))
        {
            return Walk(_rest);
        }

        var key = after.Key.ToArray();
        if (Resume(key, Math.Min(_at, SignedColumn.Clamped(after.Version.Value - 1))) is { } lowest)
        {
            return Page(EntryColumns.Position(key, lowest));
        }

        return IsFull
            ? Page(TierPosition.Behind(key))
            : Walk(_scan.Direction == ScanDirection.Forward ? _rest.After(key) : _rest.Before(key));
    }

    private void Add(TierRow row)
    {
        _rows.Add(row);
        _bytes += row.Key.Length + (row.Value?.Length ?? 0);
    }

    private TierPage Page(TierPosition? next) => new(Reader.Collected(_rows), next, _looked);

    private TierPage Walk(KeyRange range)
    {
        var row = _reader.Range(EntrySource.Current, range, _scan.Direction);
        try
        {
            while (row.Step())
            {
                _cancellationToken.ThrowIfCancellationRequested();
                if (Consider(row) is { } lowest)
                {
                    return Page(EntryColumns.Position(EntryColumns.Key(row).ToArray(), lowest));
                }

                if (IsFull)
                {
                    var key = EntryColumns.Key(row).ToArray();
                    return Page(row.Step() ? TierPosition.Behind(key) : null);
                }
            }

            return Page(null);
        }
        finally
        {
            row.Reset();
            _history.Close();
        }
    }

    // Null when the key is done; otherwise the lowest version looked at, none of which can be seen.
    private long? Consider(Statement newest)
    {
        _looked++;
        if (EntryColumns.TryRead(newest, _at, _sequence, out var row))
        {
            Add(row);
            return null;
        }

        if (Left == 0)
        {
            return EntryColumns.Version(newest);
        }

        var key = EntryColumns.Key(newest);
        for (var found = _history.MoveTo(key, _at); found; found = _history.MoveNext(key))
        {
            _cancellationToken.ThrowIfCancellationRequested();
            _looked++;
            if (EntryColumns.TryRead(_history.Row, _at, _sequence, out row))
            {
                Add(row);
                return null;
            }

            if (Left == 0)
            {
                return EntryColumns.Version(_history.Row);
            }
        }

        return null;
    }

    // The same for a key that an earlier page has left inside; there is room for at least one row, and one it costs, found or not.
    private long? Resume(byte[] key, long from)
    {
        var row = _reader.KeyFrom(key, from);
        try
        {
            while (row.Step())
            {
                _cancellationToken.ThrowIfCancellationRequested();
                _looked++;
                if (EntryColumns.TryRead(row, _at, _sequence, out var found))
                {
                    Add(found);
                    return null;
                }

                if (Left == 0)
                {
                    return EntryColumns.Version(row);
                }
            }

            _looked += _looked == 0 ? 1 : 0;
            return null;
        }
        finally
        {
            row.Reset();
        }
    }
}
