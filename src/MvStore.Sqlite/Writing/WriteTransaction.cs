using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// Runs one writing call as one transaction, checkpointing first when the log has grown too long: before the write, a checkpoint that
/// fails has changed nothing, while after it the caller would be told of a failure although its write is durable. The first failure of
/// unknown outcome, or of damage, is kept and rethrown to every later write.
/// </summary>
internal sealed class WriteTransaction : IDisposable
{
    private readonly Connection _connection;
    private readonly FileInfo _log;
    private readonly long _checkpointBytes;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Lock _next = new();             // who waits for _turn holds this, so that nobody takes two turns running while another waits
    private readonly Lock _turn = new();             // one write at a time; entered under _next
    private PersistentTierException? _stoppedBy; // under _turn

    public WriteTransaction(Connection connection, string path, long checkpointBytes)
    {
        _connection = connection;
        _log = new FileInfo(path + "-wal");
        _checkpointBytes = checkpointBytes;
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
    }

    /// <summary>Runs the body between begin and a synced commit; rolls back when it throws.</summary>
    /// <param name="doing">What it does, for the message of a failure.</param>
    /// <param name="body">The statements.</param>
    public T Run<T>(string doing, Func<T> body)
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
                CheckpointLongLog();
                syncing = false;
                _begin.Run();
                var result = body();
                syncing = true;
                _commit.Run();
                return result;
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

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
    }

    private Lock.Scope NextTurn()
    {
        lock (_next)
        {
            return _turn.EnterScope();
        }
    }

    private void CheckpointLongLog()
    {
        _log.Refresh();
        if (_log.Exists && _log.Length > _checkpointBytes)
        {
            // Not all of it while a read is under way: the next write tries again.
            _ = _connection.Checkpoint();
        }
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
