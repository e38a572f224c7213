using MvStore.Logging;

namespace MvStore.Reliability.Storage;

/// <summary>
/// The directory of a commit log under test: what is done to it is written down in the order in which SQLite's files change beside it, and fails when the disk is
/// told to fail. Without a disk it is only a directory in memory.
/// </summary>
internal sealed class RecordedLogDirectory(LogFolder folder, Disk? disk) : LogDirectory
{
    public override string Name => LogFolder.Name;

    public override IReadOnlyList<string> List()
    {
        RecordedLogFile.Meet(disk, OperationKind.LogList);
        return folder.Names;
    }

    public override LogFile Open(string name)
    {
        RecordedLogFile.Meet(disk, OperationKind.LogOpen);
        return new RecordedLogFile(folder, disk, name);
    }

    public override LogFile Create(string name, long length)
    {
        RecordedLogFile.Meet(disk, OperationKind.LogCreate);
        folder.Create(name, length);
        var file = LogFolder.InHistory(name);
        disk?.Note(new Change(ChangeKind.Create, file));
        disk?.Note(new Change(ChangeKind.Truncate, file, length / 2));
        disk?.Note(new Change(ChangeKind.Truncate, file, length));
        disk?.Note(new Change(ChangeKind.Sync, file));
        disk?.Note(new Change(ChangeKind.SyncDirectory, LogFolder.Name));
        return new RecordedLogFile(folder, disk, name);
    }

    public override void Sync()
    {
        RecordedLogFile.Meet(disk, OperationKind.LogSync);
        disk?.Note(new Change(ChangeKind.SyncDirectory, LogFolder.Name));
    }

    public override void Delete(string name)
    {
        RecordedLogFile.Meet(disk, OperationKind.LogDelete);
        folder.Delete(name);
        disk?.Note(new Change(ChangeKind.Delete, LogFolder.InHistory(name)));
    }

    protected override void Dispose(bool disposing)
    {
    }
}
