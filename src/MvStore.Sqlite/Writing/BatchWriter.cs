namespace MvStore.Sqlite.Writing;

/// <summary>
/// Writes a slice of commits and says how the marks move. They move only from the expected place, so a slice that does not continue the
/// last one is refused before a row is written. Rows go many to a statement: half the time of one by one.
/// </summary>
internal sealed class BatchWriter : IDisposable
{
    private const int RowsPerStatement = 64;
    private const int ColumnsPerRow = 5;

    private readonly Statement _insertMany;
    private readonly Statement _insertOne;
    private readonly Statement _insertDrop;

    public BatchWriter(Connection connection)
    {
        _insertMany = connection.Prepare(InsertSql(RowsPerStatement));
        _insertOne = connection.Prepare(InsertSql(1));
        _insertDrop = connection.Prepare("INSERT OR IGNORE INTO dropped (key, version, checksum) VALUES (?1, ?2, ?3)");
    }

    /// <summary>Writes a slice. Inside a transaction.</summary>
    /// <param name="batch">The slice.</param>
    /// <param name="meta">What the file says of itself before.</param>
    /// <returns>What it is to say afterwards.</returns>
    public MetaRow Write(TierBatch batch, MetaRow meta)
    {
        var after = Continue(batch, meta);
        var rows = batch.Rows;
        var next = 0;
        for (; rows.Count - next >= RowsPerStatement; next += RowsPerStatement)
        {
            for (var i = 0; i < RowsPerStatement; i++)
            {
                Bind(_insertMany, (i * ColumnsPerRow) + 1, rows[next + i]);
            }

            _insertMany.Run();
        }

        for (; next < rows.Count; next++)
        {
            Bind(_insertOne, 1, rows[next]);
            _insertOne.Run();
        }

        foreach (var (key, version) in batch.Drops)
        {
            _insertDrop.BindBlob(1, key.Span);
            var stored = SignedColumn.Stored(version.Value, "version");
            _insertDrop.BindInteger(2, stored);
            _insertDrop.BindInteger(3, StateChecksum.OfDropped(key.Span, stored));
            _insertDrop.Run();
        }

        return after;
    }

    public void Dispose()
    {
        _insertMany.Dispose();
        _insertOne.Dispose();
        _insertDrop.Dispose();
    }

    private static string InsertSql(int rows)
        => $"INSERT INTO entry ({Schema.EntryColumnList}) VALUES {string.Join(", ", Enumerable.Repeat("(?, ?, ?, ?, ?)", rows))}";

    private static void Bind(Statement insert, int parameter, TierRow row)
    {
        var version = SignedColumn.Stored(row.Version.Value, "version");
        var sequence = SignedColumn.Stored(row.Sequence, "sequence");
        var value = row.Value.GetValueOrDefault().Span;
        insert.BindBlob(parameter, row.Key.Span);
        insert.BindInteger(parameter + 1, version);
        insert.BindInteger(parameter + 2, sequence);
        if (row.IsTombstone)
        {
            insert.BindNull(parameter + 3);
        }
        else
        {
            insert.BindBlob(parameter + 3, value);
        }

        insert.BindInteger(parameter + 4, EntryChecksum.Of(row.Key.Span, version, sequence, value, row.IsTombstone));
    }

    private static MetaRow Continue(TierBatch batch, MetaRow meta)
        => (ulong)meta.Sequence == batch.PreviousSequence && batch.Sequence >= batch.PreviousSequence
            ? meta with
            {
                Sequence = SignedColumn.Stored(batch.Sequence, "sequence"),
                Version = Math.Max(meta.Version, SignedColumn.Stored(batch.HighestVersion.Value, "version")),
                Entries = meta.Entries + batch.Rows.Count,
            }
            : throw new PersistentTierException(
                TierFailure.Fatal,
                $"A slice from publication {batch.PreviousSequence} to {batch.Sequence} does not continue what is durable.");
}
