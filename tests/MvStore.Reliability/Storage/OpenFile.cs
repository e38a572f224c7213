namespace MvStore.Reliability.Storage;

/// <summary>A file that SQLite has open in a directory under test.</summary>
internal sealed class OpenFile(Disk disk, string name, bool syncsDirectory)
{
    public Disk Disk { get; } = disk;

    public string Name { get; } = name;

    // A log or journal syncs its directory with the first sync after it was opened, as on Unix. Owner: the connection that opened the file.
    public bool SyncsDirectory { get; set; } = syncsDirectory;
}
