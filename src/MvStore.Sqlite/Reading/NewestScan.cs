namespace MvStore.Sqlite.Reading;

/// <summary>
/// One page of a scan that returns one entry for each key. It walks the rows of the range in key order and keeps, of the key it is in, the
/// best candidate so far. A key that has more rows than <see cref="SeekAfter"/> is finished by a seek, and the walk begins anew behind
/// it: so each key costs a bounded number of steps, and the page may end between any two keys. Only finished keys are claimed as covered,
/// and at least one is, so a page always makes progress.
/// </summary>
internal sealed class NewestScan(Reader reader, TierScan scan, int lookLimit, CancellationToken cancellationToken)
{
    private const int SeekAfter = 8;

    private readonly long _at = SignedColumn.Clamped(scan.View.At.Value);
    private readonly long _sequence = SignedColumn.Clamped(scan.View.Sequence);
    private readonly bool _forward = scan.Direction == ScanDirection.Forward;
    private readonly List<TierRow> _rows = [];
    private KeyRange _rest = scan.Range; // what no walk has finished
    private byte[]? _key;                // the key the walk is in
    private TierRow? _candidate;         // the newest visible entry of it so far
    private int _inKey;                  // rows of it looked at
    private int _looked;                 // rows looked at in all

    private bool IsFull => _rows.Count >= scan.MaxRows || _looked >= lookLimit;

    public TierPage Run()
    {
        if (_rest.IsEmpty)
        {
            return new TierPage([], null);
        }

        while (true)
        {
            switch (Walk())
            {
                case WalkEnd.Exhausted:
                    return new TierPage(_rows, null);

                case WalkEnd.KeyFinished when IsFull:
                    return new TierPage(_rows, _key);

                case WalkEnd.KeyTooLong:
                    _candidate = PointRead.Newest(reader, _key, scan.View);
                    FinishKey();
                    if (IsFull)
                    {
                        return new TierPage(_rows, _key);
                    }

                    _rest = _forward ? _rest.After(_key) : _rest.Before(_key);
                    _key = null;
                    break;
            }
        }
    }

    private WalkEnd Walk()
    {
        cancellationToken.ThrowIfCancellationRequested();
        var row = reader.Range(_rest, scan.Direction);
        try
        {
            while (row.Step())
            {
                var key = EntryColumns.Key(row);
                if (_key is null || !key.SequenceEqual(_key))
                {
                    if (_key is not null)
                    {
                        FinishKey();
                        if (IsFull)
                        {
                            return WalkEnd.KeyFinished;
                        }
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                    _key = key.ToArray();
                    _inKey = 0;
                }

                _looked++;
                if (++_inKey > SeekAfter)
                {
                    return WalkEnd.KeyTooLong;
                }

                Consider(row, _key);
            }

            FinishKey();
            return WalkEnd.Exhausted;
        }
        finally
        {
            row.Reset();
        }
    }

    // Forward the first visible row is the newest; in reverse the last one is.
    private void Consider(Statement row, byte[] key)
    {
        if ((_candidate is null || !_forward) && EntryColumns.Version(row) <= _at && EntryColumns.Sequence(row) <= _sequence)
        {
            _candidate = EntryColumns.Read(row, key);
        }
    }

    private void FinishKey()
    {
        if (_candidate is { } found)
        {
            _rows.Add(found);
            _candidate = null;
        }
    }

    private enum WalkEnd
    {
        Exhausted,
        KeyFinished,
        KeyTooLong,
    }
}
