namespace MvStore.Remote;

/// <summary>A page that is being put together from rows as they come, keys in scan direction and of each the newest first.</summary>
internal sealed class RemotePage(TierScan scan)
{
    private readonly List<TierRow> _rows = [];
    private TierPosition? _reached;
    private ReadOnlyMemory<byte>? _key;
    private long _bytes;
    private int _examined;
    private int _inKey;

    /// <summary>Whether nothing older of the key is asked for.</summary>
    public bool IsKeyDone { get; private set; }

    /// <summary>Begins a key, of which there may be no rows.</summary>
    public void Enter(ReadOnlyMemory<byte> key)
    {
        _key = key;
        IsKeyDone = false;
        _inKey = 0;
    }

    /// <summary>Ends a key of which there is nothing more. It costs one entry at least.</summary>
    public void Leave()
    {
        _reached = TierPosition.Behind(_key!.Value);
        _examined += _inKey == 0 ? 1 : 0;
    }

    /// <summary>Looks at a row.</summary>
    /// <returns>Whether the page is full.</returns>
    public bool Add(TierRow row)
    {
        if (_key is not { } key || !key.Span.SequenceEqual(row.Key.Span))
        {
            Enter(row.Key);
        }

        _examined++;
        _inKey++;
        if (IsKeyDone)
        {
            return false;
        }

        // What lies above the view is passed in one step, whether it was looked at or not.
        _reached = new TierPosition(row.Key, row.Version > scan.View.At ? scan.View.At.Value + 1 : row.Version.Value);
        if (scan.View.CanSee(row.Version, row.Sequence))
        {
            _rows.Add(row);
            _bytes += row.Key.Length + (row.Value?.Length ?? 0);
            if (scan.Mode == TierScanMode.Newest)
            {
                IsKeyDone = true;
                _reached = TierPosition.Behind(row.Key);
            }
        }

        return _rows.Count == scan.MaxRows || _bytes >= scan.MaxBytes;
    }

    /// <summary>The page, with more to come.</summary>
    public TierPage End() => new(_rows, _reached, _examined);

    /// <summary>The page, with nothing to come.</summary>
    public TierPage EndOfRange() => new(_rows, null, _examined);
}
