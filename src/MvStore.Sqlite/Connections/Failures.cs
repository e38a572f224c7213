using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MvStore.Sqlite.Connections;

/// <summary>The one place where SQLite's result codes become kinds of failure (contract D4).</summary>
internal static class Failures
{
    /// <summary>Translates a failure after which nothing is left applied, or which happened while syncing.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="whileSyncing">Whether a commit or checkpoint was under way: then an I/O error leaves the outcome open.</param>
    /// <param name="doing">What was being done, as "reading".</param>
    public static PersistentTierException Translate(SqliteException failure, bool whileSyncing, string doing)
        => new(
            KindOf(failure.SqliteErrorCode, whileSyncing),
            $"SQLite failed while {doing}: {failure.Message} (code {failure.SqliteErrorCode}, extended {failure.SqliteExtendedErrorCode}).",
            failure);

    /// <summary>Translates the failure of a read.</summary>
    public static PersistentTierException WhileReading(SqliteException failure) => Translate(failure, whileSyncing: false, "reading");

    public static TierFailure KindOf(int code, bool whileSyncing) => code switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL => TierFailure.Transient,
        raw.SQLITE_IOERR when whileSyncing => TierFailure.InDoubt,
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => TierFailure.Damaged,
        _ => TierFailure.Fatal,
    };
}
