using System.Numerics;

namespace MvStore.Sqlite;

/// <summary>
/// Where a <see cref="SqliteTier"/> keeps its data and what it may use. Each setter checks its value. Not safe for concurrent use; the
/// tier copies the settings when it is made.
/// </summary>
public sealed class SqliteTierOptions
{
    /// <summary>Names the store's file.</summary>
    /// <param name="path">The file; made absolute against the current directory. Its directory must exist.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="path"/> is empty, names SQLite's in-memory database, or is a URI. A store without files is a store without a tier.
    /// </exception>
    public SqliteTierOptions(string path) => Path = StorePath.Checked(path);

    /// <summary>
    /// The absolute path of the store's file. The log (<c>-wal</c>), its index (<c>-shm</c>) and the owner's lock (<c>.lock</c>), which also
    /// holds the store's mark, lie beside it.
    /// </summary>
    /// <value>No default.</value>
    public string Path { get; }

    /// <summary>The size of a page of the file, in bytes. Takes effect when the file is created, never later.</summary>
    /// <value>Default 16,384. A power of two, 512 to 65,536.</value>
    /// <exception cref="ArgumentOutOfRangeException">Not such a number.</exception>
    public int PageBytes
    {
        get;
        set => field = value is >= 512 and <= 65_536 && BitOperations.IsPow2(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A page is a power of two from 512 to 65,536 bytes.");
    } = 16_384;

    /// <summary>Memory for pages of the connection that writes, in bytes.</summary>
    /// <value>Default 67,108,864 (64 MiB). At least 1,048,576.</value>
    /// <exception cref="ArgumentOutOfRangeException">Less than that.</exception>
    public long WriteCacheBytes { get; set => field = CheckedCache(value); } = 64L * 1024 * 1024;

    /// <summary>Memory for pages of each connection that reads, in bytes.</summary>
    /// <value>Default 16,777,216 (16 MiB). At least 1,048,576.</value>
    /// <exception cref="ArgumentOutOfRangeException">Less than that.</exception>
    public long ReadCacheBytes { get; set => field = CheckedCache(value); } = 16L * 1024 * 1024;

    /// <summary>
    /// How much of the file reads see through a mapping into memory, in bytes, from its beginning; what lies behind goes through
    /// <see cref="ReadCacheBytes"/>. Mapped pages are the operating system's own, shared by all connections, so nothing is copied: gets that find
    /// their page measured 1.5 times as fast on one thread and 4 times on four. Two things to know: mapped pages count as resident memory of the
    /// process while the system has them to spare, and a sector that the disk cannot read ends the process instead of failing the call: that is
    /// why it is off unless the host asks for it. SQLite maps about 2 GiB at most.
    /// </summary>
    /// <value>Default 0: nothing is mapped. At least 0.</value>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long MapBytes
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A mapping has no negative size.");
    }

    /// <summary>The most connections that read at once; further reads wait for one of them. Opened when first needed.</summary>
    /// <value>Default 4. 1 to 64.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int MaxReadConnections
    {
        get;
        set => field = value is >= 1 and <= 64
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "1 to 64 connections read at once.");
    } = 4;

    /// <summary>
    /// How many bytes go to the log before a write ends by copying it into the file. A page that is only in the log costs a read about twice as much as one in
    /// the file, and copying more often writes more pages twice. A single larger write, as flushes of a busy store are, is copied at once. The
    /// log's file keeps its size, up to 16 times this: then it is emptied and shrinks. While a reader of another tool stays, the
    /// log grows, as SQLite cannot reuse what that reader may look at; the tier's own reads never last.
    /// </summary>
    /// <value>Default 16,777,216 (16 MiB). At least 0, which does so after every write.</value>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long CheckpointBytes
    {
        get;
        set => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The log has no negative size.");
    } = 16L * 1024 * 1024;

    /// <summary>
    /// Whether the mark beside the file, by which an opening notices that synced commits are missing, is itself synced after every write.
    /// Written it is in any case: unsynced it outlives a killed process, and after a loss of power it may lag behind by what the operating system
    /// had not written yet.
    /// </summary>
    /// <value>Default false. True adds one small sync to each write.</value>
    public bool SyncMark { get; set; }

    /// <summary>
    /// How long to wait for a lock that another SQLite tool holds on the file, before the call fails as
    /// <see cref="TierFailure.Transient"/>. Only outside tools cause such waits.
    /// </summary>
    /// <value>Default 5 seconds. Zero to one hour.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public TimeSpan BusyTimeout
    {
        get;
        set => field = value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Wait zero to one hour.");
    } = TimeSpan.FromSeconds(5);

    /// <summary>The most pages the file may have, so that tests can fill it. Null: as many as SQLite allows.</summary>
    internal long? MaxPages { get; set; }

    /// <summary>So few old rows are walked through whenever one of them can go, whatever may stay.</summary>
    internal int FewRows { get; set; } = 1_000;

    internal SqliteTierOptions Copy() => (SqliteTierOptions)MemberwiseClone();

    private static long CheckedCache(long value)
        => value >= 1024 * 1024
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A cache has at least 1,048,576 bytes.");
}
