namespace MvStore.Reliability.Storage;

/// <summary>Directories for tests, in memory where the system has such a place.</summary>
internal static class Folder
{
    private static readonly string Root = Path.Combine(
        OperatingSystem.IsLinux() && Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
        $"mvstore-reliability-{Environment.ProcessId}");

    private static int _count; // interlocked

    static Folder() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    };

    /// <summary>A new empty directory, deleted with the process.</summary>
    public static string Create()
    {
        var path = Path.Combine(Root, Interlocked.Increment(ref _count).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(path);
        return path;
    }

    /// <summary>Makes a directory hold some files and nothing else. Those of the commit log are left out: they are in memory (<see cref="LogFolder"/>).</summary>
    public static void Fill(string directory, IReadOnlyList<KeyValuePair<string, byte[]>> files)
    {
        foreach (var file in Directory.EnumerateFiles(directory))
        {
            File.Delete(file);
        }

        foreach (var (name, content) in files.Where(file => !LogFolder.Holds(file.Key)))
        {
            File.WriteAllBytes(Path.Combine(directory, name), content);
        }
    }
}
