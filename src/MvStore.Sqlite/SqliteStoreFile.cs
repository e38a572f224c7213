using Microsoft.Data.Sqlite;

namespace MvStore.Sqlite;

/// <summary>What can be done with a store's file that no tier has open. Safe from any thread.</summary>
public static class SqliteStoreFile
{
    /// <summary>What the directory of the commit log has behind the name of the file.</summary>
    internal const string LogSuffix = "-log";

    /// <summary>
    /// Where <see cref="SqliteTierBuilderExtensions.UseSqlite(MvStoreBuilder, string, Action{SqliteTierOptions})"/> keeps the commit log of a store: beside its file, of the same name with <c>-log</c> behind it. Of a link, beside the file that
    /// it leads to.
    /// </summary>
    /// <param name="path">The store's file, which need not exist.</param>
    /// <returns>The absolute path of the directory.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, names SQLite's in-memory database, or is a URI.</exception>
    public static string CommitLogDirectoryOf(string path)
    {
        var file = StorePath.Checked(path);
        try
        {
            return StorePath.Resolved(file) + LogSuffix;
        }
        catch (PersistentTierException)
        {
            // It leads nowhere; opening the store says so.
            return file + LogSuffix;
        }
    }

    /// <summary>
    /// Checks a whole store (contract F3), as <see cref="SqliteTier.VerifyAsync"/> does, and besides that the entries are as many as the store
    /// says, that nothing is missing that was once on disk, and the structure of the file. Works where opening refuses a damaged
    /// store, owns the store while it runs, and changes nothing. Runs on the thread pool.
    /// </summary>
    /// <param name="path">The store's file.</param>
    /// <param name="progress">Is told every few thousand rows. Default: nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found. Damage is in the report, not thrown.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty, names SQLite's in-memory database, or is a URI.</exception>
    /// <exception cref="StoreFormatException">The file is not a store, of another format, or cut off.</exception>
    /// <exception cref="StoreInUseException">Someone else owns the store.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="PersistentTierException">There is no such file, or it cannot be read for another reason than damage.</exception>
    public static async Task<VerificationReport> VerifyAsync(
        string path,
        IProgress<VerificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var file = StorePath.Resolved(StorePath.Checked(path));
        cancellationToken.ThrowIfCancellationRequested();
        if (!Path.Exists(file))
        {
            throw new PersistentTierException(TierFailure.Fatal, $"There is no store '{file}'.");
        }

        try
        {
            return await Task.Run(() => StoreVerification.RunOnClosedFile(file, progress, cancellationToken), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            throw Failures.Translate(failure, whileSyncing: false, "verifying the store");
        }
    }
}
