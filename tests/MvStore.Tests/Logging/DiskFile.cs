namespace MvStore.Tests.Logging;

/// <summary>A file on a simulated disk: what a reader sees, what is on the platter, and for each sector what may or may not be.</summary>
internal sealed class DiskFile(byte[] content)
{
    private const int Sector = 512;

    private readonly byte[] _platter = [.. content];
    private readonly SortedDictionary<int, List<byte[]>> _unsynced = [];

    /// <summary>What a reader sees.</summary>
    public byte[] Cache { get; } = [.. content];

    public void Write(long offset, byte[] bytes)
    {
        bytes.CopyTo(Cache.AsSpan((int)offset));
        for (var sector = (int)(offset / Sector); sector * Sector < offset + bytes.Length; sector++)
        {
            if (!_unsynced.TryGetValue(sector, out var contents))
            {
                _unsynced.Add(sector, contents = []);
            }

            contents.Add(SectorOf(Cache, sector).ToArray());
        }
    }

    public void Sync()
    {
        foreach (var (sector, contents) in _unsynced)
        {
            contents[^1].CopyTo(_platter.AsSpan(sector * Sector));
        }

        _unsynced.Clear();
    }

    /// <summary>A failed sync: nothing reached the platter, and nothing will unless it is written again.</summary>
    public void Forget() => _unsynced.Clear();

    /// <summary>What the disk holds after the power failed.</summary>
    public byte[] AfterPowerLoss(PowerLoss kind, Random random)
    {
        byte[] image = [.. _platter];
        foreach (var (sector, contents) in _unsynced)
        {
            var target = image.AsSpan(sector * Sector);
            switch (kind)
            {
                case PowerLoss.KeepsAll:
                    contents[^1].CopyTo(target);
                    break;
                case PowerLoss.KeepsSome when random.Next(2) == 0:
                    contents[random.Next(contents.Count)].CopyTo(target);
                    break;
                case PowerLoss.Tears:
                    var from = contents[random.Next(contents.Count)];
                    from.AsSpan(0, random.Next(from.Length + 1)).CopyTo(target);
                    break;
                default:
                    break;
            }
        }

        return image;
    }

    private static ReadOnlySpan<byte> SectorOf(byte[] content, int sector)
        => content.AsSpan(sector * Sector, Math.Min(Sector, content.Length - (sector * Sector)));
}
