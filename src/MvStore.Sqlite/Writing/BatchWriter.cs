namespace MvStore.Sqlite.Writing;

/// <summary>
/// Writes a slice of commits and says how the marks move. They move only from the expected place, so a slice that does not continue the
/// last one is refused before a row is written.
/// </summary>
internal sealed class BatchWriter : IDisposable
{
    private readonly EntryWriter _entries;
    private readonly Statement _insertDrop;

    public BatchWriter(Connection connection, StoredGarbage garbage)
    {
        _entries = new EntryWriter(connection, garbage);
        _insertDrop = connection.Prepare("INSERT OR IGNORE INTO dropped (key, version, checksum) VALUES (?1, ?2, ?3)");
    }

    /// <summary>Writes a slice. Inside a transaction.</summary>
    /// <param name="batch">The slice.</param>
    /// <param name="meta">What the file says of itself before.</param>
    /// <returns>What it is to say afterwards.</returns>
    public MetaRow Write(TierBatch batch, MetaRow meta)
    {
        var after = Continue(batch, meta);
        var replaced = _entries.Write(batch.Rows, batch.Rule);
        foreach (var (key, version) in batch.Drops)
        {
            _insertDrop.BindBlob(1, key.Span);
            var stored = SignedColumn.Stored(version.Value, "version");
            _insertDrop.BindInteger(2, stored);
            _insertDrop.BindInteger(3, StateChecksum.OfDropped(key.Span, stored));
            _insertDrop.Run();
        }

        return after with { Entries = after.Entries - replaced };
    }

    public void Dispose()
    {
        _entries.Dispose();
        _insertDrop.Dispose();
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
