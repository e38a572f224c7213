using System.Globalization;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// Gives free pages of the file back to the file system, and only in steps of reclamation that have reached the end: before, the pages that are moved are those that would have
/// become free next. An eighth of the file stays free for what comes next, so that a store at rest does not move pages to and fro. The file itself shrinks at the next checkpoint.
/// <para>
/// SQLite looks for each page that it cuts off in the list of free ones, so a portion takes as long as its pages times that list, and is bounded by both. At a commit under
/// auto_vacuum = FULL it drops the list as a whole and looks for nothing, but moves all pages in use that are in the way, so that is done where most of the file is free and little in use.
/// </para>
/// </summary>
internal static class FreeSpace
{
    private const long MostPages = 1_024;          // in a portion
    private const long LeastPages = 16;
    private const long MostLookedAt = 32L << 20;   // pages times free ones: some ten milliseconds
    private const long MostMoved = 2 * MostPages;  // when everything is given back
    private const long KeptShare = 8;
    private const string Mode = "PRAGMA auto_vacuum";
    private const string ByPortions = $"{Mode} = INCREMENTAL";

    /// <summary>Gives some back. Inside a transaction.</summary>
    /// <param name="connection">The connection that writes.</param>
    public static GivenBack GiveBack(Connection connection)
    {
        var free = Number(connection, "PRAGMA freelist_count");
        var pages = Number(connection, "PRAGMA page_count");

        // The file becomes shorter by what is given back, and what may stay with it.
        var excess = ((free * KeptShare) - pages) / (KeptShare - 1);
        if (excess <= 0)
        {
            return GivenBack.Nothing;
        }

        var used = pages - free;
        if (used < free && used <= MostMoved)
        {
            connection.Execute($"{Mode} = FULL");
            return GivenBack.All;
        }

        var portion = Math.Min(excess, Math.Clamp(MostLookedAt / free, LeastPages, MostPages));
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({portion})"));
        return excess > portion ? GivenBack.Part : GivenBack.Enough;
    }

    /// <summary>Commits give nothing back by themselves any more. Inside a transaction, behind one that gave all back.</summary>
    /// <param name="connection">The connection that writes.</param>
    public static void EndWholesale(Connection connection) => connection.Execute(ByPortions);

    /// <summary>The same for a file whose last owner came no further than giving all back. Outside of a transaction.</summary>
    /// <param name="connection">The connection that writes.</param>
    public static void EndWholesaleOfLastOwner(Connection connection)
    {
        if (connection.Query(Mode) != "2")
        {
            connection.Execute(ByPortions);
        }
    }

    private static long Number(Connection connection, string pragma) => long.Parse(connection.Query(pragma), CultureInfo.InvariantCulture);
}
