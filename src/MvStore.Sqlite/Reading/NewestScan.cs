namespace MvStore.Sqlite.Reading;

/// <summary>
/// One page of a scan that returns one entry for each key. It walks the rows of the range in key order and keeps, of the key it is in, the
/// best candidate so far. A key that has more rows than <see cref="SeekAfter"/> is entered by a seek and descended, and the walk begins anew
/// behind it: so no key costs more than what is hidden in it. The page may end on any row of a forward walk or a descent: then nothing at or
/// above that row can be seen. A reverse walk meets the oldest row of a key first, and what it has seen of a key says nothing; so it enters
/// a key only if it can look at <see cref="SeekAfter"/> rows and one more, and leaves it to a descent otherwise.
/// </summary>
internal sealed class NewestScan(Reader reader, TierScan scan, CancellationToken cancellationToken)
{
    private const int SeekAfter = 8;

    private readonly long _at = SignedColumn.Clamped(scan.View.At.Value);
    private readonly long _sequence = SignedColumn.Clamped(scan.View.Sequence);
    private readonly bool _forward = scan.Direction == ScanDirection.Forward;
    private readonly List<TierRow> _rows = [];
    private KeyRange _rest = scan.After?.RestOf(scan.Range, scan.Direction) ?? scan.Range; // what no walk has finished
    private byte[]? _key;                // the key the page is in
    private long _version;               // the row of it that was looked at last
    private TierRow? _candidate;         // the newest visible entry of it so far
    private int _inKey;                  // rows of it that the walk looked at
    private int _looked;                 // rows looked at in all
    private long _bytes;                 // bytes of keys and values on the page

    private int Left => scan.MaxExamined - _looked;

    private bool IsFull => _rows.Count >= scan.MaxRows || _bytes >= scan.MaxBytes || Left == 0;

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

                case WalkEnd.InsideKey:
                    return Page(EntryColumns.Position(_key!, _version));

                case WalkEnd.KeyTooLong:
                    end = Descend(_forward ? Math.Min(_at, _version - 1) : _at);
                    break;

                case WalkEnd.KeyFinished when IsFull:
                    return Page(TierPosition.Behind(_key));

                case WalkEnd.KeyFinished:
                    _rest = _forward ? _rest.After(_key) : _rest.Before(_key);
                    end = Walk();
                    break;
            }
        }
    }

    private TierPage Page(TierPosition? next) => new(_rows, next, _looked);

    private WalkEnd Resume(TierPosition after)
    {
        _key = after.Key.ToArray();
        return Descend(Math.Min(_at, SignedColumn.Clamped(after.Version.Value - 1)));
    }

    private WalkEnd Walk()
    {
        var row = reader.Range(_rest, scan.Direction);
        _key = null;
        try
        {
            while (row.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var key = EntryColumns.Key(row);
                if (_key is null || !key.SequenceEqual(_key))
                {
                    FinishKey();
                    if (_key is not null && IsFull)
                    {
                        return WalkEnd.KeyFinished;
                    }

                    _key = key.ToArray();
                    _inKey = 0;
                    if (!_forward && Left <= SeekAfter)
                    {
                        return WalkEnd.KeyTooLong;
                    }
                }
                else if (_inKey == SeekAfter)
                {
                    return LeaveLongKey();
                }

                Consider(row, _key);
                if (_forward && Left == 0)
                {
                    return _candidate is null ? WalkEnd.InsideKey : FinishKey();
                }
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
        _looked++;
        _inKey++;
        _version = EntryColumns.Version(row);
        if ((_candidate is not null && _forward) || _version > _at)
        {
            return;
        }

        if (EntryColumns.Sequence(row) <= _sequence)
        {
            _candidate = EntryColumns.Read(row, key);
        }
        else
        {
            EntryColumns.Check(row);
        }
    }

    private WalkEnd LeaveLongKey()
    {
        if (_forward && _candidate is not null)
        {
            return FinishKey();
        }

        _candidate = null;
        return WalkEnd.KeyTooLong;
    }

    // Looks for the newest visible row of the key, from a version downwards. There is room for at least one row, and one it costs, found or not.
    private WalkEnd Descend(long from)
    {
        var before = _looked;
        var row = reader.KeyFrom(_key, from);
        try
        {
            while (row.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                _looked++;
                _version = EntryColumns.Version(row);
                if (EntryColumns.Sequence(row) <= _sequence)
                {
                    _candidate = EntryColumns.Read(row, _key!);
                    return FinishKey();
                }

                EntryColumns.Check(row);
                if (Left == 0)
                {
                    return WalkEnd.InsideKey;
                }
            }

            _looked += before == _looked ? 1 : 0;
            return FinishKey();
        }
        finally
        {
            row.Reset();
        }
    }

    private WalkEnd FinishKey()
    {
        if (_candidate is { } found)
        {
            _rows.Add(found);
            _bytes += found.Key.Length + (found.Value?.Length ?? 0);
            _candidate = null;
        }

        return WalkEnd.KeyFinished;
    }

    private enum WalkEnd
    {
        Exhausted,
        InsideKey,
        KeyTooLong,
        KeyFinished,
    }
}
