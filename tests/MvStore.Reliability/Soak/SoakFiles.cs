namespace MvStore.Reliability.Soak;

/// <summary>What a store takes on disk.</summary>
/// <param name="Database">Bytes of SQLite's file.</param>
/// <param name="WriteAheadLog">Bytes of SQLite's log.</param>
/// <param name="CommitLog">Bytes of the files of the commit log.</param>
/// <param name="Count">Files of all kinds.</param>
internal readonly record struct SoakFiles(long Database, long WriteAheadLog, long CommitLog, int Count)
{
    public static SoakFiles Of(string directory)
    {
        long database = 0, writeAheadLog = 0, commitLog = 0;
        var count = 0;
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var length = LengthOf(file);
            count++;
            if (file.Extension == ".mvlog")
            {
                commitLog += length;
            }
            else if (file.Name.EndsWith("-wal", StringComparison.Ordinal))
            {
                writeAheadLog += length;
            }
            else if (file.Extension == ".db")
            {
                database += length;
            }
        }

        return new SoakFiles(database, writeAheadLog, commitLog, count);
    }

    // The store deletes files meanwhile.
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
