using System.Globalization;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// Gives free pages of the file back to the file system, some at a time: after a step of reclamation at most twice what the step freed, or a
/// small number for what earlier ones left. An eighth of the file stays free for what comes next, so that a store at rest does not move
/// pages to and fro. The file itself shrinks at the next checkpoint.
/// </summary>
internal static class FreeSpace
{
    private const long LeastPages = 256;
    private const long KeptShare = 8;

    public static long PagesIn(Connection connection) => Number(connection, "PRAGMA freelist_count");

    /// <summary>Gives some back. Inside a transaction.</summary>
    /// <param name="connection">The connection that writes.</param>
    /// <param name="freeBefore">Pages that were free before the step.</param>
    /// <returns>Whether any were.</returns>
    public static bool GiveBack(Connection connection, long freeBefore)
    {
        var free = PagesIn(connection);
        var excess = free - (Number(connection, "PRAGMA page_count") / KeptShare);
        if (excess <= 0)
        {
            return false;
        }

        var pages = Math.Min(excess, Math.Max(LeastPages, 2 * (free - freeBefore)));
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({pages})"));
        return true;
    }

    private static long Number(Connection connection, string pragma) => long.Parse(connection.Query(pragma), CultureInfo.InvariantCulture);
}
