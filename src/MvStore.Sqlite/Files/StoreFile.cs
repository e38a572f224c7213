namespace MvStore.Sqlite.Files;

/// <summary>
/// Tells what a path holds before SQLite sees it, so that what is not ours stays untouched (contract F5). The file is read by ordinary
/// means, and closing an ordinary handle drops the locks SQLite holds on the file in this process: only for the owner of the store's
/// lock, and only before its first connection.
/// </summary>
internal static class StoreFile
{
    /// <summary>Whether there is a store. A file of any other kind is refused.</summary>
    public static bool Exists(string path)
    {
        if (Directory.Exists(path))
        {
            throw new StoreFormatException($"'{path}' is a directory, not a store. Name a file in it.");
        }

        if (!File.Exists(path))
        {
            RefuseOrphans(path);
            return false;
        }

        try
        {
            Check(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PersistentTierException(TierFailure.Fatal, $"The store '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static void Check(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[FileHeader.Length];
        var length = RandomAccess.GetLength(file);
        var read = RandomAccess.Read(file, bytes, 0);
        if (FileHeader.Parse(bytes.AsSpan(0, read)) is not { } header)
        {
            throw new StoreFormatException(length == 0
                ? $"'{path}' is empty. A store never is; delete the file to create a new store."
                : $"'{path}' is not a SQLite file, and is left as it is. Name another file.");
        }

        if (header.ApplicationId != Schema.ApplicationId)
        {
            throw new StoreFormatException($"'{path}' is a SQLite file of another application (id {header.ApplicationId}), not a store, and is left as it is. Name another file.");
        }

        if (header.UserVersion != Schema.FormatVersion)
        {
            throw new StoreFormatException(
                $"The store '{path}' has format {header.UserVersion}; this version understands format {Schema.FormatVersion} only, "
                    + $"which is {(header.UserVersion < Schema.FormatVersion ? "newer: open the store with the version that made it" : "older: open it with a newer version")}.");
        }

        // What a file lacks may be in its log; without a log it is lost.
        if (length < header.PageBytes || (length < (long)header.Pages * header.PageBytes && !HasContent(path + "-wal")))
        {
            throw new StoreFormatException($"The store '{path}' is cut off: {length} bytes of {(long)header.Pages * header.PageBytes}. Restore a backup.");
        }
    }

    // A log without its file would be replayed into whatever is created under the name.
    private static void RefuseOrphans(string path)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["-wal", "-journal"])
        {
            if (HasContent(path + suffix))
            {
                throw new StoreFormatException(
                    $"'{path}{suffix}' is the log of a store whose file is missing. Restore the file, or delete the log.");
            }
        }
    }

    private static bool HasContent(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };
}
