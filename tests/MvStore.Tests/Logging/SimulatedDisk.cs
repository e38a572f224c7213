using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>
/// A disk in memory for the log: remembers every operation, fails as it is told, and shows what it would hold had the power failed after any of them.
/// </summary>
internal sealed class SimulatedDisk
{
    private readonly Dictionary<string, byte[]> _initial;
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

    /// <summary>Every operation, in order.</summary>
    public List<DiskOperation> Operations { get; } = [];

    /// <summary>Asked before each operation: throws to let it fail.</summary>
    public Action<DiskOperation>? Fault { get; set; }

    /// <summary>Files that are there.</summary>
    public IReadOnlyList<string> Names => [.. _files.Keys];

    /// <summary>What a reader sees now.</summary>
    public Dictionary<string, byte[]> Content => _files.ToDictionary(f => f.Key, f => (byte[])[.. f.Value.Cache]);

    public LogDirectory Open() => new SimulatedDirectory(this);

    public ReadOnlySpan<byte> Read(string name) => _files[name].Cache;

    /// <summary>Changes bytes behind everybody's back.</summary>
    public void Damage(string name, int offset, byte mask) => _files[name].Write(offset, [(byte)(_files[name].Cache[offset] ^ mask)]);

    public void Do(DiskOperation operation)
    {
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

    /// <summary>What the disk holds had the power failed after some operations.</summary>
    public Dictionary<string, byte[]> AfterPowerLoss(int operations, PowerLoss kind, Random random)
    {
        var files = _initial.ToDictionary(f => f.Key, f => new DiskFile(f.Value));
        foreach (var operation in Operations.Take(operations))
        {
            Apply(files, operation);
        }

        return files.ToDictionary(f => f.Key, f => f.Value.AfterPowerLoss(kind, random));
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
