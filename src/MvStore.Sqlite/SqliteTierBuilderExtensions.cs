namespace MvStore.Sqlite;

/// <summary>Gives a store the SQLite tier.</summary>
public static class SqliteTierBuilderExtensions
{
    /// <summary>
    /// Keeps the store's full history in a SQLite file, created when there is none, with a commit log in front of it, in the directory beside it that
    /// <see cref="SqliteStoreFile.CommitLogDirectoryOf"/> names, unless <see cref="CommitLogOptions"/> say otherwise. A store that was not closed needs that directory: move and
    /// copy both.
    /// </summary>
    /// <param name="builder">The builder of the store.</param>
    /// <param name="path">The file. Its directory must exist.</param>
    /// <param name="configure">Changes further settings. Default: none.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The builder has opened a store already.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="path"/> is empty, names SQLite's in-memory database, or is a URI. A store without files is a store without a tier.
    /// </exception>
    public static MvStoreBuilder UseSqlite(this MvStoreBuilder builder, string path, Action<SqliteTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SqliteTierOptions(path);
        configure?.Invoke(options);
        return builder.UseSqlite(new SqliteTier(options));
    }

    /// <summary>
    /// The same with a tier that the host made, to back the store up (<see cref="SqliteTier.BackUpAsync"/>) or verify it (<see cref="SqliteTier.VerifyAsync"/>) while it is open.
    /// </summary>
    /// <param name="builder">The builder of the store.</param>
    /// <param name="tier">The tier. The store opens it, owns it and disposes it.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">The builder has opened a store already.</exception>
    public static MvStoreBuilder UseSqlite(this MvStoreBuilder builder, SqliteTier tier)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tier);
        return builder.UsePersistentTier(tier).Configure(o => o.CommitLog.DefaultDirectory = SqliteStoreFile.CommitLogDirectoryOf(tier.Path));
    }
}
