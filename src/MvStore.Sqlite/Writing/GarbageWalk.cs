namespace MvStore.Sqlite.Writing;

/// <summary>
/// Two walks in key order, merged: over the rows of the table <c>history</c>, and over the keys that are deleted. Used by one step of reclamation; disposing it ends
/// both statements.
/// </summary>
internal sealed class GarbageWalk : IDisposable
{
    private readonly Statement _older;
    private readonly Statement? _deleted;
    private bool _hasOlder;   // whether the first stands on a row
    private bool _hasDeleted; // whether the second does

    /// <param name="older">The rows of the history, at least their key first.</param>
    /// <param name="deleted">The keys that are deleted; null to leave them out.</param>
    public GarbageWalk(Statement older, Statement? deleted)
    {
        _older = older;
        _deleted = deleted;
        try
        {
            _hasOlder = older.Step();
            _hasDeleted = deleted is not null && deleted.Step();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The row of the history it is at.</summary>
    public Statement Older => _older;

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => !_hasOlder && !_hasDeleted;

    /// <summary>The next key, which has a row in the history that the walk stands on, or is deleted, or both; null at the end.</summary>
    public byte[]? NextKey()
    {
        if (IsAtEnd)
        {
            return null;
        }

        var order = !_hasOlder ? 1 : !_hasDeleted ? -1 : EntryColumns.Key(_older).SequenceCompareTo(EntryColumns.Key(_deleted!));
        var key = EntryColumns.Key(order <= 0 ? _older : _deleted!).ToArray();
        if (order >= 0)
        {
            _hasDeleted = _deleted!.Step();
        }

        return key;
    }

    /// <summary>Whether the walk over the history stands on a row of a key.</summary>
    public bool IsIn(ReadOnlySpan<byte> key) => _hasOlder && EntryColumns.Key(_older).SequenceEqual(key);

    /// <summary>Goes to the next row of the history.</summary>
    public void MoveNext() => _hasOlder = _older.Step();

    public void Dispose()
    {
        _older.Reset();
        _deleted?.Reset();
    }
}
