using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MvStore.Sqlite.Verifying;

/// <summary>
/// Walks all rows of one table in the order of its key, a portion in each read transaction, and judges every row by the marks that the same
/// transaction sees. The table is only ever changed by whole transactions that leave it consistent, and the walk goes on behind the last row it
/// has seen; so a row that is there all the time is seen once, and one that comes or goes meanwhile is seen as a consistent state shows it,
/// or not at all.
/// </summary>
internal abstract class TableWalk(string table, Connection connection, FindingList findings)
{
    private const int RowsPerPortion = 2_000;
    private const long BytesPerPortion = 4 * 1024 * 1024;

    protected string Table => table;

    protected Connection Connection => connection;

    protected FindingList Findings => findings;

    /// <summary>The marks of this portion's moment; null when they are damaged.</summary>
    protected MetaRow? Meta { get; private set; }

    /// <summary>Rows seen so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether the end was reached.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Walks to the end, or to where the file cannot be read.</summary>
    public void Run(Action portionDone, CancellationToken cancellationToken)
    {
        try
        {
            var more = true;
            while (more)
            {
                more = InOneTransaction(() => Portion(cancellationToken));
                portionDone();
            }
        }
        catch (SqliteException failure) when (IsDamage(failure))
        {
            findings.Add(table, $"The table cannot be read on from here: SQLite says '{failure.Message}' (code {failure.SqliteExtendedErrorCode}).");
        }
    }

    /// <summary>Whether a failure says that the file is damaged, and not that it cannot be reached.</summary>
    public static bool IsDamage(SqliteException failure)
        => failure.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR or raw.SQLITE_SCHEMA;

    /// <summary>Statements that give all rows behind the last one seen, one after the other, in order.</summary>
    protected abstract IEnumerable<Statement> OpenBehindLast();

    /// <summary>Judges a row.</summary>
    /// <returns>Whether it comes behind all rows before it, and is the last one now.</returns>
    protected abstract bool Judge(Statement row);

    protected void Require(bool holds, string problem, ReadOnlySpan<byte> key, long version)
    {
        if (!holds)
        {
            findings.AddRow(table, problem, key, version);
        }
    }

    private bool Portion(CancellationToken cancellationToken)
    {
        var rows = 0;
        var bytes = 0L;
        var isForward = false;
        foreach (var row in OpenBehindLast())
        {
            try
            {
                while (row.Step())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Rows++;
                    bytes += row.Blob(0).Length + row.Blob(3).Length;
                    isForward |= Judge(row);
                    if (++rows >= RowsPerPortion || bytes >= BytesPerPortion)
                    {
                        if (!isForward)
                        {
                            findings.Add(table, "The rows are so far out of order that the rest cannot be reached.");
                        }

                        return isForward;
                    }
                }
            }
            finally
            {
                row.Reset();
            }
        }

        IsComplete = true;
        return false;
    }

    private bool InOneTransaction(Func<bool> portion)
    {
        connection.Execute("BEGIN");
        try
        {
            Meta = ReadMeta();
            return portion();
        }
        finally
        {
            if (connection.InTransaction)
            {
                connection.Execute("COMMIT");
            }
        }
    }

    // What is wrong with the marks is found once, elsewhere.
    private MetaRow? ReadMeta()
    {
        try
        {
            return MetaRow.Load(connection);
        }
        catch (PersistentTierException)
        {
            return null;
        }
    }
}
