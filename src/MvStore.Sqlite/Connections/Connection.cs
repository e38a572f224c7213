using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// One connection to the store's file. Failures leave as <see cref="SqliteException"/>; <see cref="Failures"/> translates them where
/// the tier's members end. Used by one thread at a time.
/// </summary>
internal sealed class Connection : IDisposable
{
    // A reader of another tool may stay for hours: writes must not wait for it each time.
    private const int CheckpointWaitMilliseconds = 50;

    private const int InstructionsBetweenQuestions = 10_000;

    private const int PagesWrittenCounter = 9; // SQLITE_DBSTATUS_CACHE_WRITE

    private readonly sqlite3 _handle;
    private readonly HashSet<Statement> _statements = []; // not disposed yet: SQLite closes a file only after the last of its statements
    private readonly int _busyMilliseconds;

    private Connection(sqlite3 handle, TimeSpan busyTimeout)
    {
        _handle = handle;
        _busyMilliseconds = (int)busyTimeout.TotalMilliseconds;
    }

    /// <summary>Whether a transaction is open, begun by whomever.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Rows changed by the last insert, update or delete.</summary>
    public int ChangedRows => raw.sqlite3_changes(_handle);

    /// <summary>Connects to a file that exists. Without SQLite's own lock around each call: one thread at a time uses a connection.</summary>
    public static Connection Open(string path, TimeSpan busyTimeout)
    {
        Batteries_V2.Init();
        RequireLibrary();
        var code = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        var opened = new Connection(handle, busyTimeout);
        try
        {
            opened.Check(code);
            opened.Check(raw.sqlite3_extended_result_codes(handle, 1));
            opened.Check(raw.sqlite3_busy_timeout(handle, opened._busyMilliseconds));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        var prepared = new Statement(this, statement);
        _statements.Add(prepared);
        return prepared;
    }

    /// <summary>Forgets a statement that is disposed.</summary>
    public void Forget(Statement statement) => _statements.Remove(statement);

    /// <summary>Runs SQL text, several statements if need be, and ignores the rows.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>The first column of the first row, as text.</summary>
    public string Query(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>Pages that this connection wrote since it was last asked: to the log, once a write-ahead log is on.</summary>
    public int TakePagesWritten()
    {
        Check(NativeSqlite.sqlite3_db_status(_handle.DangerousGetHandle(), PagesWrittenCounter, out var pages, out _, reset: 1));
        return pages;
    }

    /// <summary>
    /// Copies the log into the file, as far as no reader stands in the way, and waits for none: the next write then begins at the front of the
    /// log again. Not complete when something is left.
    /// </summary>
    public CheckpointResult Checkpoint()
    {
        Check(raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var frames, out var copied));
        return new CheckpointResult(frames == copied, frames - copied);
    }

    /// <summary>
    /// The same, and gives the log's space back. Not complete when readers keep some of it in use for longer than the tier's own ever do;
    /// then as much as possible was copied, and the rest waits for the next time.
    /// </summary>
    public CheckpointResult CheckpointAndShrink()
    {
        Check(raw.sqlite3_busy_timeout(_handle, Math.Min(_busyMilliseconds, CheckpointWaitMilliseconds)));
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out var frames, out var copied);
        Check(raw.sqlite3_busy_timeout(_handle, _busyMilliseconds));
        if ((code & 0xFF) == raw.SQLITE_BUSY)
        {
            return new CheckpointResult(IsComplete: false, Math.Max(0, frames - copied));
        }

        Check(code);
        return new CheckpointResult(IsComplete: true, FramesLeft: 0);
    }

    /// <summary>Keeps the log as it is when this connection, the last one, closes: what is examined is not changed.</summary>
    public void KeepLogOnClose() => Check(raw.sqlite3_db_config(_handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _));

    /// <summary>Runs statements that end early, with the code of an interruption, once they are asked to.</summary>
    /// <param name="isAskedToEnd">Asked often, on the same thread. Must not throw.</param>
    /// <param name="statements">What to run.</param>
    public void RunInterruptibly(Func<bool> isAskedToEnd, Action statements)
    {
        raw.sqlite3_progress_handler(_handle, InstructionsBetweenQuestions, _ => isAskedToEnd() ? 1 : 0, null);
        try
        {
            statements();
        }
        finally
        {
            raw.sqlite3_progress_handler(_handle, 0, null, null);
        }
    }

    /// <summary>Begins to copy this database, page by page, over another one.</summary>
    public sqlite3_backup BeginCopyTo(Connection target)
    {
        var copy = raw.sqlite3_backup_init(target._handle, "main", _handle, "main");
        return copy is { IsInvalid: false } ? copy : throw target.FailureOf(raw.sqlite3_errcode(target._handle));
    }

    /// <summary>Throws unless a result code is that of success.</summary>
    public void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw FailureOf(code);
        }
    }

    /// <summary>The failure behind a result code. SQLite's messages name tables and columns, never their content.</summary>
    public SqliteException FailureOf(int code)
        => new(raw.sqlite3_errmsg(_handle).utf8_to_string(), code & 0xFF, code);

    /// <summary>Closes the file, and before that whatever statement a failure on the way has left.</summary>
    public void Dispose()
    {
        foreach (var statement in _statements.ToArray())
        {
            statement.Dispose();
        }

        _handle.Dispose();
    }

    // Handles of another library would mean nothing to the one that NativeSqlite calls.
    private static void RequireLibrary()
    {
        if (raw.GetNativeLibraryName() is var name && name != NativeSqlite.Library)
        {
            throw new PersistentTierException(
                TierFailure.Fatal, $"The process has SQLite from the library '{name}'; the tier works with '{NativeSqlite.Library}' only.");
        }
    }
}
