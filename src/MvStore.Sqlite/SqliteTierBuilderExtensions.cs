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
    /// <exception cref="ArgumentException">
    /// <paramref name="path"/> is empty, names SQLite's in-memory database, or is a URI. A store without files is a store without a tier.
    /// </exception>
    public static MvStoreBuilder UseSqlite(this MvStoreBuilder builder, string path, Action<SqliteTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new SqliteTierOptions(path);
        configure?.Invoke(options);
        // The store owns the tier from here on and disposes it.
        return builder
            .UsePersistentTier(new SqliteTier(options))
            .Configure(o => o.CommitLog.DefaultDirectory = SqliteStoreFile.CommitLogDirectoryOf(options.Path));
    }
}
