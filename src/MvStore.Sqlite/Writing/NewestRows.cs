namespace MvStore.Sqlite.Writing;

/// <summary>
/// Finds the row of <c>current</c> of one key after the other, ascending: walks along where the next one is near, and looks for it where it is not. A search takes as
/// long as some steps.
/// </summary>
internal sealed class NewestRows : IDisposable
{
    private const int MostSteps = 8;

    private readonly Statement _from;
    private bool _isOnRow;

    public NewestRows(Connection connection)
        => _from = connection.Prepare($"SELECT {CollectedKey.Columns} FROM current WHERE key >= ?1 ORDER BY key");

    /// <summary>Goes to the row of a key above that of the last call.</summary>
    /// <returns>The row, of <see cref="CollectedKey.Columns"/>; null when there is none.</returns>
    public Statement? Find(ReadOnlySpan<byte> key)
    {
        for (var steps = 0; _isOnRow && steps <= MostSteps; steps++)
        {
            var order = EntryColumns.Key(_from).SequenceCompareTo(key);
            if (order >= 0)
            {
                return order == 0 ? _from : null;
            }

            _isOnRow = _from.Step();
        }

        Reset();
        _from.BindBlob(1, key);
        _isOnRow = _from.Step();
        return _isOnRow && EntryColumns.Key(_from).SequenceEqual(key) ? _from : null;
    }

    /// <summary>Lets go of the table. The next search begins anywhere.</summary>
    public void Reset()
    {
        _isOnRow = false;
        _from.Reset();
    }

    public void Dispose() => _from.Dispose();
}
