using MvStore.Logging;

namespace MvStore.Reliability.Storage;

/// <summary>A file of a commit log under test. A write that fails has done its first half.</summary>
internal sealed class RecordedLogFile(LogFolder folder, Disk? disk, string name) : LogFile
{
    private readonly string _file = LogFolder.InHistory(name);

    public override long Length => folder.LengthOf(name);

    /// <summary>Counts an operation, and throws what the log gets if it is to fail.</summary>
    public static void Meet(Disk? disk, OperationKind kind)
    {
        if (disk?.Meets(kind) is { } fault)
        {
            throw Failure(fault);
        }
    }

    public override int Read(Span<byte> bytes, long offset)
    {
        Meet(disk, OperationKind.LogRead);
        return folder.Read(name, bytes, offset);
    }

    public override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        var fault = disk?.Meets(OperationKind.LogWrite);
        bytes = fault is null ? bytes : bytes[..(bytes.Length / 2)];
        folder.Write(name, bytes, offset);
        disk?.Note(new Change(ChangeKind.Write, _file, offset, bytes.ToArray()));
        if (fault is not null)
        {
            throw Failure(fault);
        }
    }

    public override void Sync()
    {
        if (disk?.Meets(OperationKind.LogSync) is { } fault)
        {
            Lose(disk, fault.Loss);
            throw Failure(fault);
        }

        if (disk is { LogSyncs: true })
        {
            disk.Note(new Change(ChangeKind.Sync, _file));
        }
    }

    protected override void Dispose(bool disposing)
    {
    }

    private static CommitLogException Failure(Fault fault)
        => new(fault.Code == ResultCode.Full ? TierFailure.Transient : TierFailure.InDoubt, $"Injected: {fault}");

    private void Lose(Disk disk, Loss loss)
    {
        if (loss == Loss.None)
        {
            return;
        }

        disk.Note(new Change(loss == Loss.Visible ? ChangeKind.LoseUnsynced : ChangeKind.LoseUnsyncedUnseen, _file));
        if (loss == Loss.Visible)
        {
            folder.Write(name, PowerLoss.DiskModel.After(disk.History).Synced(_file), 0);
        }
    }
}
