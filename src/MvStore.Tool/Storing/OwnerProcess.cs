using System.Globalization;

namespace MvStore.Tool.Storing;

/// <summary>The process that has a store open.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The name of its program.</param>
internal sealed record OwnerProcess(int Id, string Name)
{
    private const string Processes = "/proc";

    /// <summary>
    /// Finds who holds the lock of a store: on Linux, among the processes whose open files may be seen, which are those of the same user, or all for the superuser. Elsewhere nobody is
    /// found.
    /// </summary>
    /// <param name="lockPath">The file that the owner has open and locked.</param>
    /// <returns>The process; null if none is found.</returns>
    public static OwnerProcess? Find(string lockPath)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(lockPath))
        {
            return null;
        }

        var target = WithoutLinks(lockPath);
        foreach (var directory in Directory.EnumerateDirectories(Processes))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && HasOpen(directory, target))
            {
                return new OwnerProcess(id, NameOf(directory));
            }
        }

        return null;
    }

    private static bool HasOpen(string process, string target)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Any(entry => new FileInfo(entry).LinkTarget == target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, or is somebody else's.
            return false;
        }
    }

    private static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }

    // As the system names an open file: no part of the path is a link.
    private static string WithoutLinks(string path)
    {
        var place = Path.GetPathRoot(path)!;
        foreach (var part in path[place.Length..].Split(Path.DirectorySeparatorChar))
        {
            place = Path.Combine(place, part);
            place = new DirectoryInfo(place).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? place;
        }

        return place;
    }
}
