namespace MvStore.Tool.Storing;

/// <summary>The bytes of a store's files, as they lie there.</summary>
/// <param name="Main">The main file.</param>
/// <param name="WriteAhead">The write-ahead file beside it, whose content the main file lacks.</param>
/// <param name="CommitLog">All files of the commit log.</param>
internal readonly record struct StoreSizes(long Main, long WriteAhead, long CommitLog)
{
    /// <summary>Measures the files of a store. What is not there counts nothing.</summary>
    public static StoreSizes Of(StoreFile file)
        => new(BytesOf(file.Target), BytesOf(file.Target + "-wal"), BytesOfAll(file.LogDirectory));

    private static long BytesOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static long BytesOfAll(string directory)
        => Directory.Exists(directory) ? new DirectoryInfo(directory).EnumerateFiles().Sum(static file => file.Length) : 0;
}
