namespace MvStore.Sqlite.Reading;

/// <summary>
/// One page of a scan that returns every visible entry, keys ascending, versions descending. A key whose newest rows are above the view
/// is entered by a seek. A page that ends early ends on a row, because the next one goes on below the last row: so it ends early only
/// after it has one.
/// </summary>
internal sealed class HistoryScan(Reader reader, TierScan scan, int lookLimit, CancellationToken cancellationToken)
{
    private const int SeekAfter = 8;

    private readonly long _at = SignedColumn.Clamped(scan.View.At.Value);
    private readonly long _sequence = SignedColumn.Clamped(scan.View.Sequence);
    private readonly List<TierRow> _rows = [];
    private KeyRange _rest = scan.Range; // what is still to be walked
    private byte[]? _key;                // the key the walk is in
    private int _above;                  // rows of it above the view
    private int _looked;                 // rows looked at in all

    private bool IsFull => _rows.Count >= scan.MaxRows || (_looked >= lookLimit && _rows.Count > 0);

    public TierPage Run()
    {
        if (_rest.IsEmpty)
        {
            return new TierPage([], null);
        }

        if (scan.ResumeBelow is { } below)
        {
            _key = _rest.Start?.ToArray() ?? [];
            if (below > CommitVersion.Zero && !TakeKeyFrom(Math.Min(_at, SignedColumn.Clamped(below.Value - 1))))
            {
                return Partial();
            }

            _rest = _rest.After(_key);
        }

        while (true)
        {
            switch (Walk())
            {
                case WalkEnd.Exhausted:
                    return new TierPage(_rows, null);

                case WalkEnd.Full:
                    return Partial();

                case WalkEnd.FarAboveView:
                    if (!TakeKeyFrom(_at))
                    {
                        return Partial();
                    }

                    _rest = _rest.After(_key);
                    break;
            }
        }
    }

    private TierPage Partial() => new(_rows, _rows[^1].Key);

    private WalkEnd Walk()
    {
        var row = reader.Range(_rest, ScanDirection.Forward);
        _key = null;
        try
        {
            while (!IsFull)
            {
                if (!row.Step())
                {
                    return WalkEnd.Exhausted;
                }

                cancellationToken.ThrowIfCancellationRequested();
                _looked++;
                var key = EntryColumns.Key(row);
                if (_key is null || !key.SequenceEqual(_key))
                {
                    _key = key.ToArray();
                    _above = 0;
                }

                if (EntryColumns.Version(row) > _at)
                {
                    if (++_above > SeekAfter)
                    {
                        return WalkEnd.FarAboveView;
                    }
                }
                else if (EntryColumns.Sequence(row) <= _sequence)
                {
                    _rows.Add(EntryColumns.Read(row, _key));
                }
            }

            return WalkEnd.Full;
        }
        finally
        {
            row.Reset();
        }
    }

    // Takes the visible entries of the key at or below a version; false when the page is full.
    private bool TakeKeyFrom(long at)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var row = reader.KeyFrom(_key, at, _sequence);
        try
        {
            while (!IsFull)
            {
                if (!row.Step())
                {
                    return true;
                }

                _looked++;
                _rows.Add(EntryColumns.Read(row, _key!));
            }

            return false;
        }
        finally
        {
            row.Reset();
        }
    }

    private enum WalkEnd
    {
        Exhausted,
        Full,
        FarAboveView,
    }
}
