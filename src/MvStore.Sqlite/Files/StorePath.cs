namespace MvStore.Sqlite.Files;

/// <summary>What may name a store's file.</summary>
internal static class StorePath
{
    /// <summary>The absolute path, or an <see cref="ArgumentException"/> that says what to do instead.</summary>
    public static string Checked(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path.Equals(":memory:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("The SQLite tier keeps files. For a store in memory only, build it without a tier.", nameof(path));
        }

        if (path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("Name the store's file by a path, not by a URI.", nameof(path));
        }

        return Path.GetFullPath(path);
    }

    /// <summary>The file behind a symbolic link, so that two names of one file meet at one lock.</summary>
    public static string Resolved(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PersistentTierException(TierFailure.Fatal, $"The link '{path}' leads to no file: {e.Message}", e);
        }
    }
}
