namespace MvStore.Sqlite.Format;

/// <summary>The one row of the table <c>meta</c>: whose file this is, and how far it goes.</summary>
/// <param name="Format">The format of the file.</param>
/// <param name="StoreId">Chosen at random when the file is made; a backup has one of its own.</param>
/// <param name="Changes">Write transactions so far.</param>
/// <param name="Sequence">The durable mark.</param>
/// <param name="Version">The highest commit version among durable publications.</param>
/// <param name="Entries">Rows of the tables <c>current</c> and <c>history</c>.</param>
internal readonly record struct MetaRow(long Format, long StoreId, long Changes, long Sequence, long Version, long Entries)
{
    /// <summary>The highest epoch the store was opened under.</summary>
    public long Epoch { get; init; }

    /// <summary>Reads the row; steps once and resets.</summary>
    public const string SelectSql =
        "SELECT format_version, store_id, changes, durable_sequence, highest_version, entries, epoch, checksum FROM meta WHERE id = 1";

    /// <summary>Writes what changes.</summary>
    public const string UpdateSql =
        "UPDATE meta SET store_id = ?1, changes = ?2, durable_sequence = ?3, highest_version = ?4, entries = ?5, epoch = ?6, checksum = ?7 WHERE id = 1";

    private const string InsertSql = """
        INSERT INTO meta (id, format_version, store_id, changes, durable_sequence, highest_version, entries, epoch, checksum)
        VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        """;

    private uint Checksum => StateChecksum.OfMeta([Format, StoreId, Changes, Sequence, Version, Entries, Epoch]);

    /// <summary>The row of a new store.</summary>
    public static MetaRow Create(long storeId) => new(Schema.FormatVersion, storeId, 0, 0, 0, 0);

    public static MetaRow Load(Connection connection)
    {
        using var select = connection.Prepare(SelectSql);
        return Read(select);
    }

    /// <summary>Runs the statement of <see cref="SelectSql"/>. A damaged row is an error: what it says decides what can be seen.</summary>
    public static MetaRow Read(Statement select)
    {
        try
        {
            if (!select.Step())
            {
                throw new PersistentTierException(TierFailure.Damaged, "The table 'meta' of the store has no row.");
            }

            var row = new MetaRow(
                select.Integer(0), select.Integer(1), select.Integer(2), select.Integer(3), select.Integer(4), select.Integer(5))
            {
                Epoch = select.Integer(6),
            };
            if (row.Checksum != select.Integer(7))
            {
                throw new PersistentTierException(TierFailure.Damaged, "The row of the table 'meta' is damaged: its checksum does not match.");
            }

            return row.Format == Schema.FormatVersion
                ? row
                : throw new PersistentTierException(TierFailure.Damaged, "The table 'meta' of the store does not match the file's header.");
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Runs the statement of <see cref="UpdateSql"/>.</summary>
    public void Write(Statement update)
    {
        update.BindInteger(1, StoreId);
        update.BindInteger(2, Changes);
        update.BindInteger(3, Sequence);
        update.BindInteger(4, Version);
        update.BindInteger(5, Entries);
        update.BindInteger(6, Epoch);
        update.BindInteger(7, Checksum);
        update.Run();
    }

    public void Insert(Connection connection)
    {
        using var insert = connection.Prepare(InsertSql);
        insert.BindInteger(1, Format);
        insert.BindInteger(2, StoreId);
        insert.BindInteger(3, Changes);
        insert.BindInteger(4, Sequence);
        insert.BindInteger(5, Version);
        insert.BindInteger(6, Entries);
        insert.BindInteger(7, Epoch);
        insert.BindInteger(8, Checksum);
        insert.Run();
    }
}
