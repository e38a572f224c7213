namespace MvStore.Sqlite.Files;

/// <summary>
/// Makes a new store, whole or not at all: it is built and synced under another name and then renamed, so that a crash leaves either no
/// store or an empty one, never a part that could be taken for a foreign file. The rename is durable with the first synced commit
/// behind it, because SQLite syncs the directory together with a new log.
/// </summary>
internal static class StoreCreation
{
    public const string DraftSuffix = ".mvstore-new";

    public static void Create(SqliteTierOptions options, string path)
    {
        var draft = path + DraftSuffix;
        try
        {
            DeleteDraft(draft);
            // SQLite gives its log the permissions of the file it finds.
            OwnerOnlyFile.Open(draft, FileMode.CreateNew).Dispose();
            using (var connection = Connection.Open(draft, options.BusyTimeout))
            {
                Schema.Create(connection, options.PageBytes, StoreId.Next());
            }

            File.Move(draft, path, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PersistentTierException(TierFailure.Fatal, $"The store '{path}' cannot be created: {e.Message}", e);
        }
    }
    public static void DeleteDraft(string draft)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "-journal", "-wal", "-shm"])
        {
            File.Delete(draft + suffix);
        }
    }
}
