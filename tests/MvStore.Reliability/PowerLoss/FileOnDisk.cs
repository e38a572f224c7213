using MvStore.Reliability.Storage;

namespace MvStore.Reliability.PowerLoss;

/// <summary>A file under whatever name: what is on disk, and the changes that are not.</summary>
internal sealed class FileOnDisk
{
    private const int Sector = 512;

    private readonly List<Change> _unsynced = [];
    private byte[] _bytes;
    private int _length;

    public FileOnDisk(byte[] content)
    {
        _bytes = content;
        _length = content.Length;
    }

    private FileOnDisk(FileOnDisk other)
    {
        _bytes = other._bytes.AsSpan(0, other._length).ToArray();
        _length = other._length;
    }

    public bool IsSynced => _unsynced.Count == 0;

    /// <summary>What is on disk for certain.</summary>
    public byte[] Synced => _bytes.AsSpan(0, _length).ToArray();

    public void Change(Change change) => _unsynced.Add(change);

    public void Sync()
    {
        foreach (var change in _unsynced)
        {
            Apply(change);
        }

        _unsynced.Clear();
    }

    public void LoseUnsynced() => _unsynced.Clear();

    /// <summary>The content that a power cut leaves.</summary>
    public byte[] Content(Survival survival, Random random)
    {
        if (survival == Survival.None || IsSynced)
        {
            return Synced;
        }

        var copy = new FileOnDisk(this);
        switch (survival)
        {
            case Survival.All:
                _unsynced.ForEach(copy.Apply);
                break;
            case Survival.Prefix:
                var count = random.Next(_unsynced.Count);
                _unsynced.GetRange(0, count).ForEach(copy.Apply);
                copy.Tear(_unsynced[count], random);
                break;
            default:
                copy.ApplySome(_unsynced, random);
                break;
        }

        return copy.Synced;
    }

    private void ApplySome(List<Change> changes, Random random)
    {
        var kept = random.Next(1, 10);
        foreach (var change in changes)
        {
            if (random.Next(4) == 0)
            {
                Tear(change, random);
            }
            else if (random.Next(10) < kept)
            {
                Apply(change);
            }
        }
    }

    // Each sector of the disk gets what was written to it, or keeps what it had.
    private void Tear(Change change, Random random)
    {
        if (change.Kind != ChangeKind.Write)
        {
            if (random.Next(2) == 0)
            {
                Apply(change);
            }

            return;
        }

        var data = change.Data!;
        for (var begin = 0; begin < data.Length;)
        {
            var end = (int)Math.Min(data.Length, (((change.Number + begin) / Sector) + 1) * Sector - change.Number);
            if (random.Next(2) == 0)
            {
                Write(change.Number + begin, data.AsSpan(begin, end - begin));
            }

            begin = end;
        }
    }

    private void Apply(Change change)
    {
        if (change.Kind == ChangeKind.Write)
        {
            Write(change.Number, change.Data);
        }
        else
        {
            Resize((int)change.Number);
        }
    }

    private void Write(long offset, ReadOnlySpan<byte> data)
    {
        var end = (int)offset + data.Length;
        if (end > _length)
        {
            Resize(end);
        }

        data.CopyTo(_bytes.AsSpan((int)offset));
    }

    private void Resize(int length)
    {
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
        }

        if (length > _length)
        {
            _bytes.AsSpan(_length, length - _length).Clear();
        }

        _length = length;
    }
}
