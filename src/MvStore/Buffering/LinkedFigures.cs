namespace MvStore.Buffering;

/// <summary>Gathers what one thread adds to the figures, so that the shared counters are touched once for a run of keys of one kind.</summary>
internal ref struct LinkedFigures(BufferAccounting accounting)
{
    private int _kind;
    private long _versions;
    private long _bytes;

    /// <summary>Adds, or takes away.</summary>
    public void Add(int kind, long versions, long bytes)
    {
        if (kind != _kind)
        {
            Flush();
            _kind = kind;
        }

        _versions += versions;
        _bytes += bytes;
    }

    /// <summary>Hands over what was gathered.</summary>
    public void Flush()
    {
        if (_versions != 0 || _bytes != 0)
        {
            accounting.Add(_kind, _versions, _bytes);
        }

        _versions = 0;
        _bytes = 0;
    }
}
