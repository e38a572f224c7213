using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite.Connections;

/// <summary>
/// Answers reads that wait in line in one short read transaction, on the thread that would otherwise only hand the reader on: what SQLite's lock and the waking of one waiter for the next cost
/// is paid once for all. They were taken out of the line before the transaction begins, so it sees everything that was in the file when they were asked (I71).
/// </summary>
internal static class LookupBatch
{
    /// <summary>The most reads answered at once: so long the caller whose reader it was waits for others.</summary>
    public const int Most = 32;

    /// <summary>Answers them. Never fails; each learns of its own failure.</summary>
    public static void Run(Reader reader, List<Lookup> lookups)
    {
        Exception? failure = null;
        try
        {
            reader.Begin();
            try
            {
                foreach (var lookup in lookups)
                {
                    lookup.Run(reader);
                }
            }
            finally
            {
                // Before anybody is told: no read outlives its call (contract F6).
                reader.End();
            }
        }
        catch (SqliteException e)
        {
            failure = Failures.WhileReading(e);
        }
        catch (Exception e)
        {
            failure = e;
        }

        foreach (var lookup in lookups)
        {
            lookup.Complete(failure);
        }
    }
}
