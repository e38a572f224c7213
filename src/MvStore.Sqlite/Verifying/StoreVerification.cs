using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MvStore.Sqlite.Verifying;

/// <summary>One verification: the marks, the schema, every row of every table, the count of entries, the structure of the file.</summary>
internal sealed class StoreVerification
{
    private readonly Connection _connection;
    private readonly IProgress<VerificationProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly FindingList _findings = new();
    private MetaRow? _first; // the marks at the beginning; null when they are damaged
    private long _rows;

    private StoreVerification(Connection connection, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        _connection = connection;
        _progress = progress;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Verifies a file that nobody has open, as its owner.</summary>
    public static VerificationReport RunOnClosedFile(string path, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken)
    {
        using var ownership = OwnerLock.Acquire(path);
        _ = StoreFile.Exists(path);
        var hasLog = new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
        using var connection = Connection.Open(path, TimeSpan.Zero);
        if (hasLog)
        {
            connection.KeepLogOnClose();
        }

        var run = new StoreVerification(connection, progress, cancellationToken);
        return run.Run(meta => new StoreMark(ownership.File, path, sync: false).LossOf(meta), isLogTooLong: () => false);
    }

    /// <summary>Verifies a store that is in use, on a connection of its own.</summary>
    public static VerificationReport RunOnOpenStore(
        string path,
        SqliteTierOptions options,
        IProgress<VerificationProgress>? progress,
        CancellationToken cancellationToken)
    {
        var log = new FileInfo(path + "-wal");
        var longest = Math.Max(log.Exists ? log.Length : 0, options.CheckpointBytes); // it keeps its size when it is used again
        using var connection = Connection.Open(path, options.BusyTimeout);
        var run = new StoreVerification(connection, progress, cancellationToken);
        return run.Run(
            findLoss: _ => null, // the tier would not be open
            isLogTooLong: () =>
            {
                log.Refresh();
                return log.Exists && log.Length > longest;
            });
    }

    private VerificationReport Run(Func<MetaRow, string?> findLoss, Func<bool> isLogTooLong)
    {
        var isCounted = false;
        var isStructureChecked = false;
        var needsLog = false;
        try
        {
            _connection.Execute("PRAGMA query_only = ON");
            CheckSchema();
            _first = ReadMeta();
            if (_first is { } meta && findLoss(meta) is { } loss)
            {
                _findings.Add("mark", loss);
            }

            needsLog = NeedsCommitLog();
            isCounted = WalkTables();
            isStructureChecked = CheckStructure(isLogTooLong);
        }
        catch (SqliteException failure) when (TableWalk.IsDamage(failure))
        {
            _findings.Add("file", $"SQLite says '{failure.Message}' (code {failure.SqliteExtendedErrorCode}).");
        }

        return new VerificationReport(
            _rows,
            (ulong)(_first?.Sequence ?? 0),
            (ulong)(_first?.Version ?? 0),
            _findings.Count,
            _findings.First,
            isStructureChecked,
            isCounted)
        {
            NeedsCommitLog = needsLog,
        };
    }

    private bool NeedsCommitLog()
    {
        try
        {
            return _first is not null && CommitLogInspection.IsNeeded(StoredState.Load(_connection));
        }
        catch (Exception damage) when (damage is PersistentTierException or StoreFormatException)
        {
            // The walks find the damage row by row; a note of a newer format has no damage.
            return damage is StoreFormatException;
        }
    }

    private MetaRow? ReadMeta()
    {
        try
        {
            return MetaRow.Load(_connection);
        }
        catch (PersistentTierException damage)
        {
            _findings.Add("meta", damage.Message);
            return null;
        }
    }

    private void CheckSchema()
    {
        // FULL instead of INCREMENTAL, 2, is what an owner leaves that ended between two steps of giving back space.
        foreach (var (pragma, expected, inPassing) in ((string, string, string?)[])[
            ("application_id", Number(Schema.ApplicationId), null), ("user_version", Number(Schema.FormatVersion), null), ("auto_vacuum", "2", "1")])
        {
            if (_connection.Query($"PRAGMA {pragma}") is var found && found != expected && found != inPassing)
            {
                _findings.Add("file", $"The header says {pragma} = {found} instead of {expected}.");
            }
        }

        var missing = Schema.TableStatements.ToHashSet(StringComparer.Ordinal);
        using var statements = _connection.Prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL");
        while (statements.Step())
        {
            if (!missing.Remove(statements.Text(0)))
            {
                _findings.Add("schema", "The schema has a statement that is not the format's.");
            }
        }

        foreach (var statement in missing)
        {
            _findings.Add("schema", $"The schema lacks '{string.Join(' ', statement.Split([' ', '\n', '('], StringSplitOptions.RemoveEmptyEntries)[..3])}'.");
        }
    }

    private bool WalkTables()
    {
        using var floors = new FloorWalk(_connection, _findings);
        using var keyFloors = KeyVersionWalk.OfFloors(_connection, _findings);
        using var drops = KeyVersionWalk.OfDrops(_connection, _findings);
        using var notes = new NoteWalk(_connection, _findings);
        using var entries = new EntryWalk(_connection, _findings);
        foreach (var walk in (ReadOnlySpan<TableWalk>)[floors, keyFloors, drops, notes, entries])
        {
            var before = _rows;
            walk.Run(
                () =>
                {
                    _rows = before + walk.Rows;
                    _progress?.Report(new VerificationProgress(_rows, _first?.Entries ?? 0));
                },
                _cancellationToken);
            _rows = before + walk.Rows;
        }

        // The count is of one moment; so it says something only if nothing was written since.
        if (_first is not { } meta || !entries.IsComplete || ReadMeta() != meta)
        {
            return false;
        }

        if (entries.Rows != meta.Entries)
        {
            _findings.Add("entry", $"The store has {Number(entries.Rows)} entries and says that it has {Number(meta.Entries)}.");
        }

        return true;
    }

    private bool CheckStructure(Func<bool> isLogTooLong)
    {
        try
        {
            _connection.RunInterruptibly(
                () => _cancellationToken.IsCancellationRequested || isLogTooLong(),
                () =>
                {
                    using var problems = _connection.Prepare($"PRAGMA integrity_check({Number(VerificationReport.MaxFindings)})");
                    while (problems.Step())
                    {
                        if (problems.Text(0) is var problem and not "ok")
                        {
                            _findings.Add("file", $"SQLite's check says: {problem}.");
                        }
                    }
                });
            return true;
        }
        catch (SqliteException failure) when (failure.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
