namespace MvStore.Sqlite.Reading;

/// <summary>
/// Finds the older entries of keys that are asked for one after the other, beside a walk over the newest ones. In ascending order it merges: one
/// walk over the table <c>history</c> goes along, as a step costs a seventh of a seek. Where it would have to step over more than
/// <see cref="SeekAfter"/> rows it seeks instead, for some keys, and then tries again. In descending order it always seeks, because the
/// table has the versions of a key descending. Opened when first asked. Used by one page.
/// </summary>
internal sealed class HistoryCursor(Reader reader, KeyRange range, ScanDirection direction)
{
    private const int SeekAfter = 8;
    private const int SeeksInRow = 32;

    private Statement? _walk;  // stands on a row, or behind the last one
    private bool _isOnRow;     // whether the walk stands on a row
    private Statement? _seek;  // the last seek, to be reset
    private int _seeksLeft;    // before the walk is tried again

    /// <summary>The row found last.</summary>
    public Statement Row { get; private set; } = null!;

    /// <summary>Goes to the newest of a key's older entries at or below a version; false when there is none.</summary>
    public bool MoveTo(ReadOnlySpan<byte> key, long at)
    {
        if (direction == ScanDirection.Reverse || _seeksLeft > 0)
        {
            _seeksLeft -= _seeksLeft > 0 ? 1 : 0;
            return Seek(key, at);
        }

        if (_walk is null)
        {
            _walk = reader.Range(EntrySource.History, range.After(key, inclusive: true), ScanDirection.Forward);
            _isOnRow = _walk.Step();
        }

        Row = _walk;
        for (var passed = 0; passed <= SeekAfter; passed++)
        {
            if (!_isOnRow)
            {
                return false;
            }

            var order = EntryColumns.Key(_walk).SequenceCompareTo(key);
            if (order > 0 || (order == 0 && EntryColumns.Version(_walk) <= at))
            {
                return order == 0;
            }

            _isOnRow = _walk.Step();
        }

        CloseWalk();
        _seeksLeft = SeeksInRow;
        return Seek(key, at);
    }

    /// <summary>Goes to the next older entry of the same key; false when there is none.</summary>
    public bool MoveNext(ReadOnlySpan<byte> key)
        => ReferenceEquals(Row, _walk)
            ? (_isOnRow = _walk.Step()) && EntryColumns.Key(_walk).SequenceEqual(key)
            : Row.Step();

    /// <summary>Ends the statements, so that no read outlives the page (contract F6).</summary>
    public void Close()
    {
        CloseWalk();
        _seek?.Reset();
    }

    private bool Seek(ReadOnlySpan<byte> key, long at)
    {
        _seek?.Reset();
        Row = _seek = reader.HistoryFrom(key, at);
        return _seek.Step();
    }

    private void CloseWalk()
    {
        _walk?.Reset();
        _walk = null;
    }
}
