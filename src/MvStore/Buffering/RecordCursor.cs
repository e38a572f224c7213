namespace MvStore.Buffering;

/// <summary>
/// Walks the records of a range. Belongs to one caller. Used inside one epoch, or, with <see cref="Suspend"/> before each epoch is left, inside several.
/// </summary>
internal sealed unsafe class RecordCursor(RecordTree tree, KeyRange range, ScanDirection direction)
{
    /// <summary>The most records a read returns.</summary>
    public const int MostRecords = 64;

    private KeyRange _rest = range;

    /// <summary>The next records, at most <see cref="MostRecords"/> and at most the length of the target.</summary>
    /// <returns>How many; 0 at the end only.</returns>
    public int Read(Span<nint> into)
    {
        var found = tree.Take(_rest, direction, Math.Min(into.Length, MostRecords));
        found.CopyTo(into);
        if (found.Length > 0)
        {
            var last = NativeRecord.KeyOf((NativeRecord*)found[^1]);
            _rest = direction == ScanDirection.Forward ? _rest.After(last) : _rest.Before(last);
        }

        return found.Length;
    }

    /// <summary>To be called before the epoch is left: the cursor then keeps its place by key, and finds it again at the next read.</summary>
    public void Suspend()
    {
        tree.ToString();
    }
}
