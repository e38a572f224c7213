namespace MvStore.Sqlite.Connections;

/// <summary>An open store: ownership, the connection that writes and those that read. Closed in the opposite order.</summary>
internal sealed class SqliteStore : IAsyncDisposable
{
    private readonly OwnerLock _ownership;
    private readonly ReaderPool _readers;

    private SqliteStore(string path, OwnerLock ownership, Writer writer, ReaderPool readers)
    {
        Path = path;
        _ownership = ownership;
        Writer = writer;
        _readers = readers;
        Reads = new PooledReads(readers);
    }

    /// <summary>The file behind whatever link names it.</summary>
    public string Path { get; }

    public Writer Writer { get; }

    /// <summary>Reads, on whichever connection is idle.</summary>
    public PooledReads Reads { get; }

    /// <summary>Becomes the owner, makes sure the file is a store or makes it one, and only then lets SQLite open it.</summary>
    public static SqliteStore Open(SqliteTierOptions options, ulong epoch)
    {
        var path = StorePath.Resolved(options.Path);
        var ownership = OwnerLock.Acquire(path);
        Writer? writer = null;
        try
        {
            if (!StoreFile.Exists(path))
            {
                StoreCreation.Create(options, path);
            }

            LogRenewal.Run(path);
            writer = Writer.Open(path, options, new StoreMark(ownership.File, path, options.SyncMark));
            writer.Begin(epoch);

            return new SqliteStore(path, ownership, writer, new ReaderPool(path, options));
        }
        catch
        {
            writer?.Dispose();
            ownership.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // SQLite copies the log into the file and removes it when the last connection closes.
        await _readers.CloseAsync().ConfigureAwait(false);
        Writer.Dispose();
        _ownership.Dispose();
    }
}
