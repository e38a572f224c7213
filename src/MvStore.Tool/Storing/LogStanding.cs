using MvStore.Sqlite;

namespace MvStore.Tool.Storing;

/// <summary>What the commit log of a closed store says besides the store's file.</summary>
/// <param name="Commits">Publications that are in the log only.</param>
/// <param name="Problem">What is wrong with it; null when nothing is.</param>
internal readonly record struct LogStanding(ulong Commits, string? Problem)
{
    /// <summary>Looks at the log of a store that was verified.</summary>
    /// <exception cref="MvStoreException">The log cannot be read.</exception>
    public static LogStanding Of(StoreFile file, VerificationReport verified)
    {
        if (!Directory.Exists(file.LogDirectory))
        {
            return new LogStanding(0, verified.NeedsCommitLog ? $"The store was not closed, and there is no directory '{file.LogDirectory}'." : null);
        }

        var log = CommitLogInspection.Verify(file.LogDirectory);
        var commits = log.LastSequence > verified.DurableSequence ? log.LastSequence - verified.DurableSequence : 0;
        var problem = !log.IsSound ? log.Damage
            : verified.NeedsCommitLog && log.Segments.Count == 0 ? $"The store was not closed, and there is no commit log in '{file.LogDirectory}'."
            : null;
        return new LogStanding(commits, problem);
    }
}
