namespace MvStore.Tool.Verifying;

/// <summary>Chooses the commits that are compared in full.</summary>
internal static class VerifySchedule
{
    /// <summary>About how many pairs of a path and a version are compared when the user does not say.</summary>
    private const long Budget = 500_000;

    private const long FewestCommits = 10;

    /// <summary>Every how manyth commit, so that the work stays within a budget.</summary>
    /// <param name="versions">Versions of the store.</param>
    /// <param name="paths">Paths of the newest one.</param>
    public static int ChooseStep(ulong versions, int paths)
    {
        var affordable = Math.Max(FewestCommits, Budget / Math.Max(1, paths));
        return (int)Math.Max(1, ((long)versions + affordable - 1) / affordable);
    }

    /// <summary>The first version, every n-th, and the last.</summary>
    public static IEnumerable<ulong> Versions(ulong versions, int every)
    {
        for (var version = 1UL; version < versions; version += (ulong)every)
        {
            yield return version;
        }

        yield return versions;
    }
}
