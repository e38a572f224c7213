namespace MvStore.Remote;

/// <summary>Takes entries in order, and finds out key by key which of them go.</summary>
internal sealed class RemoteSweep(TierReclaimStep step)
{
    private readonly List<TierRow> _chain = [];
    private ReadOnlyMemory<byte>? _next;
    private long _scanned;
    private long _reclaimed;
    private long _bytes;

    /// <summary>The rows to delete.</summary>
    public List<byte[]> Deletions { get; } = [];

    /// <summary>Whether the step has looked at enough.</summary>
    public bool IsThrough => _next is not null;

    /// <summary>What the step did.</summary>
    public TierReclaimed Done => new(_next, _scanned, _reclaimed, _bytes);

    public void Add(TierRow row)
    {
        if (IsThrough)
        {
            return;
        }

        if (_chain.Count > 0 && !_chain[0].Key.Span.SequenceEqual(row.Key.Span))
        {
            var last = _chain[0].Key;
            End();
            if (_scanned >= step.MaxVersions)
            {
                _next = last;
                return;
            }
        }

        _chain.Add(row);
        _scanned++;
    }

    /// <summary>The key is complete.</summary>
    public void End()
    {
        if (_chain.Count == 0)
        {
            return;
        }

        var key = _chain[0].Key;
        var keep = new bool[_chain.Count];
        step.Rule.Decide(key.Span, [.. _chain.Select(r => new VersionStamp(r.Version, r.Sequence) { IsTombstone = r.IsTombstone })], keep);
        foreach (var row in _chain.Where((_, i) => !keep[i]))
        {
            Deletions.Add(RowCodec.Row(RowCodec.EntryTable, key.Span, row.Version.Value));
            _reclaimed++;
            _bytes += key.Length + (row.Value?.Length ?? 0);
        }

        if (!keep.Contains(true))
        {
            Deletions.Add(RowCodec.DirectoryRow(key.Span));
        }

        _chain.Clear();
    }
}
