using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>A file of a simulated disk.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string name) : LogFile
{
    public override long Length => disk.Read(name).Length;

    public override int Read(Span<byte> bytes, long offset)
    {
        var content = disk.Read(name);
        if (offset >= content.Length)
        {
            return 0;
        }

        var count = Math.Min(bytes.Length, content.Length - (int)offset);
        content.Slice((int)offset, count).CopyTo(bytes);
        return count;
    }

    public override void Write(ReadOnlySpan<byte> bytes, long offset)
        => disk.Do(new DiskOperation(DiskOperationKind.Write, name, offset, bytes.ToArray()));

    public override void Sync() => disk.Do(new DiskOperation(DiskOperationKind.Sync, name, 0, []));

    protected override void Dispose(bool disposing)
    {
    }
}
