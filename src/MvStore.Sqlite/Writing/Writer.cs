namespace MvStore.Sqlite.Writing;

/// <summary>The one connection that writes, with its statements and what it remembers of the file.</summary>
internal sealed class Writer : IDisposable
{
    private readonly Connection _connection;
    private readonly WriteTransaction _transaction;
    private readonly BatchWriter _batches;
    private readonly Reclaimer _reclaimer;
    private FloorSet _kinds; // the floors of kinds as stored; writing calls come one at a time

    private Writer(Connection connection, string path, SqliteTierOptions options)
    {
        _connection = connection;
        State = StoredState.Load(connection);
        _kinds = State.Floors.Kinds;
        _transaction = new WriteTransaction(connection, path, options.CheckpointBytes);
        _batches = new BatchWriter(connection);
        _reclaimer = new Reclaimer(connection);
    }

    /// <summary>What the file held when it was opened.</summary>
    public TierState State { get; }

    /// <summary>Connects for writing.</summary>
    public static Writer Open(string path, SqliteTierOptions options)
    {
        var connection = Connection.Open(path, options.BusyTimeout);
        try
        {
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Execute($"PRAGMA cache_size = -{options.WriteCacheBytes / 1024}");
            connection.Execute("PRAGMA wal_autocheckpoint = 0");
            if (options.MaxPages is { } pages)
            {
                connection.Execute($"PRAGMA max_page_count = {pages}");
            }

            if (connection.Query("PRAGMA journal_mode = WAL") != "wal")
            {
                throw new PersistentTierException(TierFailure.Fatal, $"SQLite cannot keep a write-ahead log beside the store '{path}'.");
            }

            return new Writer(connection, path, options);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Commits nothing new, but synced: what was read from the log is then durable, and so is what was done to the directory before. A
    /// killed owner may have left a log that only the page cache holds, and one whose sync failed a log that should be gone.
    /// </summary>
    public void Sync()
        => _transaction.Run("syncing the store", () =>
        {
            // SQLite writes nothing for an update that changes no byte of its row; the header it writes whatever the value is.
            _connection.Execute($"PRAGMA user_version = {Schema.FormatVersion}");
            return true;
        });

    public void Apply(TierBatch batch)
        => _transaction.Run("writing a batch", () =>
        {
            _batches.Write(batch);
            return true;
        });

    public void RaiseFloor(FloorSet floors, IReadOnlyList<KeyFloor> settled)
    {
        var raised = _kinds.RaisedTo(floors.Kinds);
        if (ReferenceEquals(raised, _kinds) && settled.Count == 0)
        {
            return;
        }

        _kinds = _transaction.Run("raising the floor", () =>
        {
            if (!ReferenceEquals(raised, _kinds))
            {
                StoredState.SaveKinds(_connection, raised);
            }

            StoredState.SaveKeys(_connection, floors.ByKey, settled);
            return raised;
        });
    }

    public TierReclaimed Reclaim(TierReclaimStep step, CancellationToken cancellationToken)
        => _transaction.Run("reclaiming", () => _reclaimer.Run(step, cancellationToken));

    public void Dispose()
    {
        _reclaimer.Dispose();
        _batches.Dispose();
        _transaction.Dispose();
        _connection.Dispose();
    }
}
