using MvStore.Reliability.Kills;

namespace MvStore.Reliability.Storage;

/// <summary>A file system of its own, in memory, of a few megabytes. Unmounted when disposed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const string Ballast = "ballast";

    private SmallDisk(string directory) => Directory = directory;

    /// <summary>Whether one can be mounted.</summary>
    public static bool CanMount { get; } = Tried();

    public string Directory { get; }

    private string BallastPath => Path.Combine(Directory, Ballast);

    public static SmallDisk Mount(int mebibytes)
    {
        var directory = Folder.Create();
        return Command.Succeeds("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", directory)
            ? new SmallDisk(directory)
            : throw new InvalidOperationException("It could not be mounted.");
    }

    /// <summary>Takes all the space there is.</summary>
    public void Fill()
    {
        using var file = new FileStream(BallastPath, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4_096];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(BallastPath);

    public void MakeReadOnly() => Require(Command.Succeeds("mount", "-o", "remount,ro", Directory));

    public void MakeWritable() => Require(Command.Succeeds("mount", "-o", "remount,rw", Directory));

    public void Dispose() => Require(Command.Succeeds("umount", "--lazy", Directory));

    private static void Require(bool succeeded)
    {
        if (!succeeded)
        {
            throw new InvalidOperationException("The file system could not be mounted otherwise.");
        }
    }

    private static bool Tried()
    {
        try
        {
            Mount(1).Dispose();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
