namespace MvStore.Sqlite.Reading;

/// <summary>
/// One page of a scan that returns every visible entry, keys ascending, versions descending: the order of the rows. So the page may end on
/// any row, visible or not. A key whose newest rows are above the view is entered by a seek.
/// </summary>
internal sealed class HistoryScan(Reader reader, TierScan scan, CancellationToken cancellationToken)
{
    private const int SeekAfter = 8;

    private readonly long _at = SignedColumn.Clamped(scan.View.At.Value);
    private readonly long _sequence = SignedColumn.Clamped(scan.View.Sequence);
    private readonly List<TierRow> _rows = reader.TakeList();
    private KeyRange _rest = scan.After?.RestOf(scan.Range, ScanDirection.Forward) ?? scan.Range; // what is still to be walked
    private byte[]? _key;                // the key the page is in
    private long _version;               // the row of it that was looked at last
    private int _above;                  // rows of it above the view
    private int _looked;                 // rows looked at in all
    private long _bytes;                 // bytes of keys and values on the page

    private bool IsFull => _rows.Count >= scan.MaxRows || _bytes >= scan.MaxBytes || _looked >= scan.MaxExamined;

    public TierPage Run()
    {
        if (_rest.IsEmpty)
        {
            return Page(null);
        }

        var end = scan.After is { IsInsideKey: true } after && _rest.Contains(after.Key.Span) ? Resume(after) : Walk();
        while (true)
        {
            switch (end)
            {
                case WalkEnd.Exhausted:
                    return Page(null);

                case WalkEnd.Full:
                    return Page(EntryColumns.Position(_key!, _version));

                case WalkEnd.FarAboveView:
                    end = Descend(_at);
                    break;

                case WalkEnd.KeyFinished:
                    _rest = _rest.After(_key);
                    end = Walk();
                    break;
            }
        }
    }

    private TierPage Page(TierPosition? next) => new(Reader.Collected(_rows), next, _looked);

    private WalkEnd Resume(TierPosition after)
    {
        _key = after.Key.ToArray();
        return Descend(Math.Min(_at, SignedColumn.Clamped(after.Version.Value - 1)));
    }

    private WalkEnd Walk()
    {
        var row = reader.Range(EntrySource.Both, _rest, ScanDirection.Forward);
        _key = null;
        try
        {
            while (row.Step())
            {
                var key = EntryColumns.Key(row);
                if (_key is null || !key.SequenceEqual(_key))
                {
                    _key = key.ToArray();
                    _above = 0;
                }

                Consider(row);
                if (IsFull)
                {
                    return WalkEnd.Full;
                }

                if (_version > _at && ++_above > SeekAfter)
                {
                    return WalkEnd.FarAboveView;
                }
            }

            return WalkEnd.Exhausted;
        }
        finally
        {
            row.Reset();
        }
    }

    // Looks at the rows of the key from a version downwards.
    private WalkEnd Descend(long from)
    {
        var row = reader.KeyFrom(_key, from);
        try
        {
            while (row.Step())
            {
                Consider(row);
                if (IsFull)
                {
                    return WalkEnd.Full;
                }
            }

            return WalkEnd.KeyFinished;
        }
        finally
        {
            row.Reset();
        }
    }

    private void Consider(Statement row)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _looked++;
        _version = EntryColumns.Version(row);
        if (EntryColumns.TryRead(row, _at, _sequence, out var entry))
        {
            _rows.Add(entry);
            _bytes += entry.Key.Length + (entry.Value?.Length ?? 0);
        }
    }

    private enum WalkEnd
    {
        Exhausted,
        Full,
        FarAboveView,
        KeyFinished,
    }
}
