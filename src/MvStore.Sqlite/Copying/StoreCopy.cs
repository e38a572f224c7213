namespace MvStore.Sqlite.Copying;

/// <summary>
/// Makes a backup, whole or not at all: copied under another name without syncing, then synced, renamed, and given an id of its own in a synced
/// commit, which makes the rename durable as well. The id keeps the marks of two stores apart.
/// </summary>
internal static class StoreCopy
{
    public static BackupReport Run(
        Writer source,
        string path,
        SqliteTierOptions options,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        RequireNothingAt(path);
        using var ownership = OwnerLock.Acquire(path);
        RequireNothingAt(path);
        var draft = path + StoreCreation.DraftSuffix;
        try
        {
            StoreCreation.DeleteDraft(draft);
            OwnerOnlyFile.Open(draft, FileMode.CreateNew).Dispose();
            var meta = Copy(source, draft, options, progress, cancellationToken);
            Sync(draft);
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(draft, path, overwrite: false);
            MakeItsOwn(path, options, meta);
            return new BackupReport((ulong)meta.Sequence, (ulong)meta.Version, new FileInfo(path).Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PersistentTierException(TierFailure.Fatal, $"The backup '{path}' cannot be written: {e.Message}", e);
        }
        finally
        {
            StoreCreation.DeleteDraft(draft);
        }
    }

    private static void RequireNothingAt(string path)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-journal", SqliteStoreFile.LogSuffix])
        {
            if (Path.Exists(path + suffix))
            {
                throw new PersistentTierException(TierFailure.Fatal, $"'{path + suffix}' exists already; a backup overwrites nothing.");
            }
        }
    }

    private static MetaRow Copy(
        Writer source,
        string draft,
        SqliteTierOptions options,
        IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        using var target = Connection.Open(draft, options.BusyTimeout);
        // Nothing of a draft outlives a crash, so it needs no journal, and it is synced once, outside of the turns of the store's writes.
        target.Execute("PRAGMA journal_mode = OFF");
        target.Execute("PRAGMA synchronous = OFF");
        using var copy = source.CopyTo(target);
        var done = false;
        while (!done)
        {
            cancellationToken.ThrowIfCancellationRequested();
            done = copy.Step();
            progress?.Report(copy.Progress);
        }

        return copy.Meta;
    }

    private static void Sync(string draft)
    {
        using var file = File.OpenHandle(draft, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private static void MakeItsOwn(string path, SqliteTierOptions options, MetaRow meta)
    {
        using var connection = Connection.Open(path, options.BusyTimeout);
        connection.Execute("PRAGMA synchronous = FULL");
        using var update = connection.Prepare(MetaRow.UpdateSql);
        (meta with { StoreId = StoreId.Next() }).Write(update);
    }
}
