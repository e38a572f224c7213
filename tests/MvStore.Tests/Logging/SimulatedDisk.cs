using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>
/// A disk in memory for the log: remembers every operation, fails as it is told, and shows what it would hold had the power failed after any of them.
/// </summary>
internal sealed class SimulatedDisk
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _initial;

    // Owned by _gate, as are the operations.
    private readonly Dictionary<string, DiskFile> _files;

    public SimulatedDisk()
        : this([])
    {
    }

    public SimulatedDisk(Dictionary<string, byte[]> content)
    {
        _initial = content.ToDictionary(f => f.Key, f => (byte[])[.. f.Value]);
        _files = content.ToDictionary(f => f.Key, f => new DiskFile(f.Value));
    }

    /// <summary>Another look at a disk by a process that begins now: it sees what the system shows, which may never reach the platter.</summary>
    public SimulatedDisk(SimulatedDisk before)
    {
        _initial = before._initial;
        _files = before._files;
        Operations.AddRange(before.Operations);
    }

    /// <summary>Every operation, in order.</summary>
    public List<DiskOperation> Operations { get; } = [];

    /// <summary>Told before each operation.</summary>
    public Action? Watch { get; set; }

    /// <summary>Asked before each operation: throws to let it fail.</summary>
    public Action<DiskOperation>? Fault { get; set; }

    /// <summary>Files that are there.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
            {
                return [.. _files.Keys];
            }
        }
    }

    /// <summary>What a reader sees now.</summary>
    public Dictionary<string, byte[]> Content
    {
        get
        {
            lock (_gate)
            {
                return _files.ToDictionary(f => f.Key, f => (byte[])[.. f.Value.Cache]);
            }
        }
    }

    public LogDirectory Open() => new SimulatedDirectory(this);

    public ReadOnlySpan<byte> Read(string name)
    {
        lock (_gate)
        {
            return _files[name].Cache;
        }
    }

    public void Do(DiskOperation operation)
    {
        lock (_gate)
        {
            DoAlone(operation);
        }
    }

    /// <summary>What the disk holds had the power failed after some operations.</summary>
    public Dictionary<string, byte[]> AfterPowerLoss(int operations, PowerLoss kind, Random random)
    {
        lock (_gate)
        {
            return AfterPowerLossAlone(operations, kind, random);
        }
    }

    /// <summary>What the disk holds if the power fails now.</summary>
    public Dictionary<string, byte[]> AfterPowerLoss(PowerLoss kind, Random random)
    {
        lock (_gate)
        {
            return AfterPowerLossAlone(Operations.Count, kind, random);
        }
    }

    private Dictionary<string, byte[]> AfterPowerLossAlone(int operations, PowerLoss kind, Random random)
    {
        var files = _initial.ToDictionary(f => f.Key, f => new DiskFile(f.Value));
        foreach (var operation in Operations.Take(operations))
        {
            Apply(files, operation);
        }

        return files.ToDictionary(f => f.Key, f => f.Value.AfterPowerLoss(kind, random));
    }

    private void DoAlone(DiskOperation operation)
    {
        Watch?.Invoke();
        try
        {
            Fault?.Invoke(operation);
        }
        catch (CommitLogException e) when (operation.Kind == DiskOperationKind.Sync && e.Failure == TierFailure.InDoubt)
        {
            operation = operation with { Kind = DiskOperationKind.FailedSync };
            Operations.Add(operation);
            Apply(_files, operation);
            throw;
        }

        Operations.Add(operation);
        Apply(_files, operation);
    }

    private static void Apply(Dictionary<string, DiskFile> files, DiskOperation operation)
    {
        switch (operation.Kind)
        {
            case DiskOperationKind.Create:
                files[operation.Name] = new DiskFile(new byte[operation.Offset]);
                break;
            case DiskOperationKind.Write:
                files[operation.Name].Write(operation.Offset, operation.Bytes);
                break;
            case DiskOperationKind.Sync:
                files[operation.Name].Sync();
                break;
            case DiskOperationKind.FailedSync:
                files[operation.Name].Forget();
                break;
            case DiskOperationKind.Delete:
                files.Remove(operation.Name);
                break;
            default:
                throw new InvalidOperationException();
        }
    }
}
