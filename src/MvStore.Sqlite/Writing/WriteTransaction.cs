using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// Runs one writing call as one transaction. When it is durable, and the log has grown by so much, the log is copied into the file, so that reads find
/// their pages there. A long one is copied behind the caller's back, in a turn of its own: what he wrote is durable, and he may tell so. If the next write comes first, it copies the log before it
/// begins. Whoever called is not told if that fails, as the write itself is durable: the next write tries again before it
/// changes anything, and fails in its place. The log's file keeps its size, which saves the next writes time, unless it has become many times
/// as large as the checkpoints want it: under a reader that stays, which another tool may be, or by one very large write. The first failure of
/// unknown outcome, or of damage, is kept and rethrown to every later write.
/// </summary>
internal sealed class WriteTransaction : IDisposable
{
    private const long LogSizeInCheckpoints = 16;

    // What is copied sooner than another thread is woken, about.
    private const long LeastDeferred = 4L << 20;

    private readonly Connection _connection;
    private readonly FileInfo _log;
    private readonly long _checkpointBytes;
    private readonly long _pageBytes;
    private readonly Func<CheckpointResult> _checkpoint;
    private readonly CheckpointFigures _figures;
    private readonly TimeProvider _time;
    private readonly Action<Action> _defer;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Lock _next = new();             // who waits for _turn holds this, so that nobody takes two turns running while another waits
    private readonly Lock _turn = new();             // one write at a time; entered under _next
    private PersistentTierException? _stoppedBy; // under _turn
    private SqliteException? _failedCheckpoint;      // under _turn: after a write that was durable
    private long _logged;                            // under _turn: bytes written since all of the log was in the file, about
    private bool _isDeferred;                        // under _turn: the log is to be copied, by whoever comes next
    private bool _isDisposed;                        // under _turn

    /// <summary>Makes it ready.</summary>
    /// <param name="connection">The connection that writes.</param>
    /// <param name="path">The store's file.</param>
    /// <param name="checkpointBytes">By how much the log grows until it is copied into the file.</param>
    /// <param name="checkpoint">Copies the log in place of the connection, so that tests can let that fail.</param>
    /// <param name="defer">Runs something later, on no thread that holds a turn. Default: on the thread pool.</param>
    /// <param name="figures">Takes note of the log and of its checkpoints; null for nobody.</param>
    /// <param name="time">The clock of their durations; null for the system's.</param>
    public WriteTransaction(
        Connection connection,
        string path,
        long checkpointBytes,
        Func<CheckpointResult>? checkpoint = null,
        Action<Action>? defer = null,
        CheckpointFigures? figures = null,
        TimeProvider? time = null)
    {
        _connection = connection;
        _figures = figures ?? new CheckpointFigures();
        _time = time ?? TimeProvider.System;
        _checkpoint = checkpoint ?? CheckpointFile;
        _defer = defer ?? (static work => ThreadPool.UnsafeQueueUserWorkItem(static w => w(), work, preferLocal: false));
        _log = new FileInfo(path + "-wal");
        _checkpointBytes = checkpointBytes;
        _pageBytes = long.Parse(connection.Query("PRAGMA page_size"), CultureInfo.InvariantCulture);
        // What an earlier owner left.
        _logged = _log.Exists ? _log.Length : 0;
        _figures.Written(_logged / _pageBytes);
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
    }

    /// <summary>Runs the body between begin and a synced commit; rolls back when it throws.</summary>
    /// <param name="doing">What it does, for the message of a failure.</param>
    /// <param name="body">The statements.</param>
    public T Run<T>(string doing, Func<T> body)
    {
        var (result, mustDefer) = RunInTurn(doing, body);
        if (mustDefer)
        {
            _defer(CheckpointDeferred);
        }

        return result;
    }

    private (T Result, bool MustDefer) RunInTurn<T>(string doing, Func<T> body)
    {
        using (NextTurn())
        {
            if (_stoppedBy is { } first)
            {
                throw new PersistentTierException(first.Failure, $"The tier has stopped for writing: {first.Message}", first) { Key = first.Key };
            }

            var syncing = true;
            try
            {
                CheckpointAgain();
                syncing = false;
                _begin.Run();
                var result = body();
                syncing = true;
                _commit.Run();
                return (result, CheckpointLongLog());
            }
            catch (SqliteException failure)
            {
                throw Kept(RolledBack(failure, doing) ?? Failures.Translate(failure, syncing, doing));
            }
            catch (Exception failure)
            {
                if (RolledBack(failure, doing) is { } worse)
                {
                    throw Kept(worse);
                }

                if (failure is PersistentTierException { Failure: TierFailure.Damaged } damage)
                {
                    _stoppedBy = damage;
                }

                throw;
            }
        }
    }

    /// <summary>Runs something on the connection between two writes.</summary>
    public T RunBetweenWrites<T>(Func<T> body)
    {
        using (NextTurn())
        {
            return body();
        }
    }

    /// <summary>Ends its use of the connection: what was deferred does nothing any more. Not while a write runs.</summary>
    public void Dispose()
    {
        using (NextTurn())
        {
            _isDisposed = true;
            _begin.Dispose();
            _commit.Dispose();
        }
    }

    private Lock.Scope NextTurn()
    {
        lock (_next)
        {
            return _turn.EnterScope();
        }
    }

    // What failed after an earlier write fails this one, before it begins. What was put off is made up for: the log would grow on.
    private void CheckpointAgain()
    {
        if (_failedCheckpoint is { } failure && (failure.SqliteErrorCode & 0xFF) == raw.SQLITE_IOERR)
        {
            throw failure;
        }

        if (_failedCheckpoint is not null || _isDeferred)
        {
            CopyLog();
            _failedCheckpoint = null;
            _isDeferred = false;
        }
    }

    // Whether somebody has to come and copy the log: it is long, and the caller waits to hear of his write.
    private bool CheckpointLongLog()
    {
        try
        {
            var pages = _connection.TakePagesWritten();
            _logged += pages * _pageBytes;
            _figures.Written(pages);
        }
        catch (SqliteException failure)
        {
            _failedCheckpoint = failure;
            return false;
        }

        if (_logged <= _checkpointBytes)
        {
            return false;
        }

        _isDeferred = _logged >= LeastDeferred;
        if (!_isDeferred)
        {
            Checkpoint();
        }

        return _isDeferred;
    }

    private void CheckpointDeferred()
    {
        using (NextTurn())
        {
            if (_isDeferred && !_isDisposed && _stoppedBy is null)
            {
                Checkpoint();
            }
        }
    }

    // Behind a write that is durable.
    private void Checkpoint()
    {
        _isDeferred = false;
        try
        {
            CopyLog();
        }
        catch (SqliteException failure)
        {
            _failedCheckpoint = failure;
        }
    }

    private void CopyLog()
    {
        var begin = _time.GetTimestamp();
        var result = default(CheckpointResult?);
        try
        {
            result = _checkpoint();
            _logged = result is { IsComplete: true } ? 0 : _logged;
        }
        finally
        {
            _figures.Checkpointed(result, _time.GetElapsedTime(begin));
        }
    }

    // Not all of the log while a read is under way: the next write tries again.
    private CheckpointResult CheckpointFile()
    {
        _log.Refresh();
        return _log.Exists && _log.Length > _checkpointBytes * LogSizeInCheckpoints
            ? _connection.CheckpointAndShrink()
            : _connection.Checkpoint();
    }

    // Null when nothing of the transaction is left, which is what makes a failure worth a retry.
    private PersistentTierException? RolledBack(Exception failure, string doing)
    {
        try
        {
            if (_connection.InTransaction)
            {
                _connection.Execute("ROLLBACK");
            }

            return null;
        }
        catch (SqliteException second)
        {
            return new PersistentTierException(
                TierFailure.InDoubt,
                $"SQLite failed while {doing}, and again while rolling back.",
                new AggregateException(failure, second));
        }
    }

    private PersistentTierException Kept(PersistentTierException failure)
    {
        if (failure.Failure is TierFailure.InDoubt or TierFailure.Damaged)
        {
            _stoppedBy = failure;
        }

        return failure;
    }
}
