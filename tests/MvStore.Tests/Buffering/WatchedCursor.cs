using MvStore.Buffering;

namespace MvStore.Tests.Buffering;

/// <summary>A cursor and what it must show: all that was there at its first read and stayed, in order, and nothing that was not there since.</summary>
internal sealed unsafe class WatchedCursor
{
    private readonly RecordTreeHarness _harness;
    private readonly KeyBounds _bounds;
    private readonly ScanDirection _direction;
    private readonly string _because;
    private readonly RecordCursor _cursor;
    private readonly SortedSet<byte[]> _steady = new(BytewiseComparer.Instance);
    private readonly SortedSet<byte[]> _seen = new(BytewiseComparer.Instance);
    private readonly HashSet<nint> _everThere;
    private int _added;
    private int _removed;
    private byte[]? _previous;

    public WatchedCursor(RecordTreeHarness harness, KeyBounds bounds, ScanDirection direction, string because)
    {
        (_harness, _bounds, _direction, _because) = (harness, bounds, direction, because);
        _cursor = harness.Tree.Seek(bounds.ToRange(), direction);
        _steady.UnionWith(harness.Oracle.Keys.Where(bounds.Holds));
        _everThere = [.. harness.Oracle.Values];
        (_added, _removed) = (harness.Added.Count, harness.Removed.Count);
    }

    public bool IsAtEnd { get; private set; }

    /// <summary>Reads once, and checks what comes.</summary>
    public void Read(int most, bool suspends)
    {
        TakeNote();
        Span<nint> into = stackalloc nint[most];
        var count = _cursor.Read(into);
        foreach (var record in into[..count])
        {
            var key = NativeRecord.KeyOf((NativeRecord*)record).ToArray();
            var order = _previous is null ? 0 : BytewiseComparer.Instance.Compare(_previous, key);
            var isInOrder = _previous is null || (_direction == ScanDirection.Forward ? order < 0 : order > 0);
            if (!isInOrder || !_bounds.Holds(key) || !_everThere.Contains(record))
            {
                Assert.Fail($"{_because}: {Convert.ToHexString(key)} comes after {Convert.ToHexString(_previous ?? [])}");
            }

            _previous = key;
            _seen.Add(key);
        }

        if (suspends)
        {
            _cursor.Suspend();
        }

        if (count == 0)
        {
            IsAtEnd = true;
            _steady.Where(k => !_seen.Contains(k)).Select(Convert.ToHexString).Should().BeEmpty(_because);
        }
    }

    /// <summary>Takes note of what has come and gone since.</summary>
    private void TakeNote()
    {
        _everThere.UnionWith(_harness.Added.Skip(_added));
        _steady.ExceptWith(_harness.Removed.Skip(_removed));
        (_added, _removed) = (_harness.Added.Count, _harness.Removed.Count);
    }
}
