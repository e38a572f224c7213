using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>The directory of a simulated disk.</summary>
internal sealed class SimulatedDirectory(SimulatedDisk disk) : LogDirectory
{
    public override string Name => "simulated";

    public override IReadOnlyList<string> List() => disk.Names;

    public override LogFile Open(string name) => new SimulatedFile(disk, name);

    public override LogFile Create(string name, long length)
    {
        disk.Do(new DiskOperation(DiskOperationKind.Create, name, length, []));
        return Open(name);
    }

    public override void Sync()
    {
        // Names are on this disk as soon as they are made.
    }

    public override void Delete(string name) => disk.Do(new DiskOperation(DiskOperationKind.Delete, name, 0, []));

    protected override void Dispose(bool disposing)
    {
    }
}
