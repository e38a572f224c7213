namespace MvStore.Sqlite.Files;

/// <summary>
/// Writes the log of an earlier owner anew, byte for byte in place, and syncs it, before SQLite reads it. After a sync that failed the
/// kernel may show data that it never wrote and never will: SQLite would recover it, copy it into the file, and a power cut on the way
/// would leave half a commit. What was written again is synced like anything new; a crash meanwhile leaves each sector as it was or as it
/// is read. Only for the owner of the store's lock, and only before its first connection.
/// </summary>
internal static class LogRenewal
{
    private const int ChunkBytes = 1024 * 1024;

    public static void Run(string storePath)
    {
        var path = storePath + "-wal";
        if (new FileInfo(path) is not { Exists: true, Length: > 0 })
        {
            return;
        }

        try
        {
            // Other tools may be reading.
            const FileShare Everyone = FileShare.ReadWrite | FileShare.Delete;
            using var log = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, Everyone, bufferSize: 0);
            var bytes = new byte[Math.Min(log.Length, ChunkBytes)];
            for (var position = 0L; RandomAccess.Read(log.SafeFileHandle, bytes, position) is var read and > 0; position += read)
            {
                RandomAccess.Write(log.SafeFileHandle, bytes.AsSpan(0, read), position);
            }

            log.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PersistentTierException(TierFailure.Fatal, $"The log of the store '{storePath}' cannot be written: {e.Message}", e);
        }
    }
}
