using MvStore.Sqlite;

namespace MvStore.Comparisons.Sqlite;

/// <summary>The settings of connections. Where MvStore's own SQLite tier is compared, page, caches and checkpoints are what it has by default.</summary>
internal static class SqliteTuning
{
    /// <summary>For workloads of memory: everything cached, commits not synced.</summary>
    public const string Serving = Common + "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144";

    /// <summary>For small synced commits: small pages, which keep the log small.</summary>
    public const string Durable = Common
        + "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=16384";

    private const string Common = "PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=10000; ";
    private static readonly SqliteTierOptions Tier = new("unused");

    /// <summary>The length of the log at which it is copied into the file.</summary>
    public static long CheckpointBytes => Tier.CheckpointBytes;

    /// <summary>For large synced transactions beside readers.</summary>
    public static string Writing { get; } = $"PRAGMA page_size={Tier.PageBytes}; {Common} PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        + $"PRAGMA wal_autocheckpoint=0; {Cache(Tier.WriteCacheBytes)}";

    /// <summary>For reads of a file that the operating system caches.</summary>
    public static string Reading { get; } = Common + Cache(Tier.ReadCacheBytes);

    /// <summary>For one transaction that cannot be rolled back.</summary>
    public static string Logless { get; } = $"PRAGMA page_size={Tier.PageBytes}; {Common} PRAGMA journal_mode=OFF; "
        + $"PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE; {Cache(Tier.WriteCacheBytes)}";

    private static string Cache(long bytes) => $"PRAGMA cache_size=-{bytes >> 10}";
}
