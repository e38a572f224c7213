using System.Globalization;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// Gives free pages of the file back to the file system, a bounded number in each step of reclamation, and only in steps that have reached the end: before, the pages that are
/// moved are those that would have become free next. An eighth of the file stays free for what comes next, so that a store at rest does not move
/// pages to and fro. The file itself shrinks at the next checkpoint.
/// </summary>
internal static class FreeSpace
{
    private const long MostPages = 1_024;
    private const long KeptShare = 8;

    /// <summary>Gives some back. Inside a transaction.</summary>
    /// <param name="connection">The connection that writes.</param>
    /// <returns>Whether any were, and whether there are more.</returns>
    public static (bool WereAny, bool AreMore) GiveBack(Connection connection)
    {
        // The file becomes shorter by what is given back, and what may stay with it.
        var excess = ((Number(connection, "PRAGMA freelist_count") * KeptShare) - Number(connection, "PRAGMA page_count")) / (KeptShare - 1);
        if (excess <= 0)
        {
            return (false, false);
        }

        var pages = Math.Min(excess, MostPages);
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({pages})"));
        return (true, excess > pages);
    }

    private static long Number(Connection connection, string pragma) => long.Parse(connection.Query(pragma), CultureInfo.InvariantCulture);
}
