namespace MvStore.Sqlite.Format;

/// <summary>
/// The tables, documented for any SQLite tool (contract F1), and the marks that identify them (contract F5).
/// Versions, sequences and ids are stored as signed 64-bit integers; the first two never exceed 2^63-1.
/// </summary>
internal static class Schema
{
    /// <summary>"MvSt" in ASCII, in the file's header.</summary>
    public const uint ApplicationId = 0x4D765374;

    /// <summary>The one format this code reads and writes.</summary>
    public const int FormatVersion = 3;

    /// <summary>The columns of an entry, in the order <see cref="EntryColumns"/> reads them.</summary>
    public const string EntryColumnList = "key, version, sequence, value, checksum";

    /// <summary>The statements that make the tables, as SQLite keeps them.</summary>
    public static IReadOnlyList<string> TableStatements { get; }
        = [.. Tables.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private const string Tables = """
        CREATE TABLE current (
            key      BLOB    NOT NULL PRIMARY KEY, -- ordered bytewise
            version  INTEGER NOT NULL, -- the commit version it was written at, the highest of its key
            sequence INTEGER NOT NULL, -- the publication that wrote it
            value    BLOB,             -- NULL: the key is deleted at this version
            checksum INTEGER NOT NULL  -- CRC-32C of the other columns
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX deleted ON current (key) WHERE value IS NULL;

        CREATE TABLE history (
            key      BLOB    NOT NULL, -- one that has a row in current, of a higher version
            version  INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            value    BLOB,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (key, version DESC)
        ) STRICT, WITHOUT ROWID;

        CREATE VIEW entry AS
            SELECT key, version, sequence, value, checksum FROM current
            UNION ALL
            SELECT key, version, sequence, value, checksum FROM history;

        CREATE TABLE meta (
            id               INTEGER PRIMARY KEY CHECK (id = 1),
            format_version   INTEGER NOT NULL, -- the same as PRAGMA user_version
            store_id         INTEGER NOT NULL, -- chosen at random when the file is made
            changes          INTEGER NOT NULL, -- write transactions so far
            durable_sequence INTEGER NOT NULL, -- every publication up to this one is in this file
            highest_version  INTEGER NOT NULL, -- the highest commit version among them
            entries          INTEGER NOT NULL, -- rows of current and history
            epoch            INTEGER NOT NULL, -- the highest number this file was opened under
            checksum         INTEGER NOT NULL  -- CRC-32C of the other columns
        ) STRICT;

        CREATE TABLE floor (
            family  TEXT    NOT NULL CHECK (family IN ('default', 'multi', 'source', 'operator')),
            id      INTEGER NOT NULL, -- of the source or operator, else 0
            version INTEGER NOT NULL, -- the lowest version a new read may start at
            checksum INTEGER NOT NULL,
            PRIMARY KEY (family, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE key_floor (
            key     BLOB    NOT NULL PRIMARY KEY, -- a dropped key
            version INTEGER NOT NULL,             -- the lowest version a new read of it may start at, above the floor of its kind
            checksum INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dropped (
            key     BLOB    NOT NULL,
            version INTEGER NOT NULL, -- the commit version of a drop that is not in force yet
            checksum INTEGER NOT NULL,
            PRIMARY KEY (key, version)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE note (
            name     TEXT    NOT NULL PRIMARY KEY, -- of the engine's choosing, ASCII
            content  BLOB    NOT NULL,             -- what the engine remembers under it, never empty
            checksum INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """;

    /// <summary>Fills an empty file: all of it in one synced transaction, then the switch to a write-ahead log.</summary>
    public static void Create(Connection connection, int pageBytes, long storeId)
    {
        connection.Execute($"PRAGMA page_size = {pageBytes}");
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        connection.Execute("PRAGMA synchronous = EXTRA");
        connection.Execute("BEGIN IMMEDIATE");
        connection.Execute($"PRAGMA application_id = {ApplicationId}");
        connection.Execute($"PRAGMA user_version = {FormatVersion}");
        connection.Execute(Tables);
        MetaRow.Create(storeId).Insert(connection);
        connection.Execute("COMMIT");
        connection.Execute("PRAGMA journal_mode = WAL");
    }
}
