
namespace MvStore.Tests.Model;

/// <summary>
/// Draws the arguments of operations. They favour what is near something: existing versions and their neighbours, the floor, the ends of
/// the scale.
/// </summary>
internal sealed class ModelChoices(ModelSettings settings, ReferenceStore reference, IReadOnlyList<ModelReader> snapshots)
{
    public byte[] PickKey(Random random) => settings.Keys[random.Next(settings.Keys.Count)];

    public static byte[] PickValue(Random random)
    {
        var value = new byte[random.Next(4)];
        random.NextBytes(value);
        return value;
    }

    public ulong PickCommitVersion(Random random)
    {
        var top = Math.Max(reference.Highest, settings.BaseVersion);
        var version = random.Next(24) switch
        {
            < 10 => top + (ulong)random.Next(1, 4),
            < 12 => top + (ulong)random.Next(1, 40),
            < 14 => top - Math.Min((ulong)random.Next(50), top - 1),
            < 19 when reference.Entries.Count != 0 => Near(random, PickEntry(random).Version),
            < 21 when reference.Entries.Count != 0 => PickEntry(random).Version,
            < 23 => Math.Max(1, PickFloor(random) + (ulong)random.Next(2)),
            _ => random.Next(2) == 0 ? 0 : CommitVersion.Max.Value + 1,
        };
        return random.Next(30) == 0 ? version : Math.Min(version, CommitVersion.Max.Value);
    }

    private ReferenceEntry PickEntry(Random random) => reference.Entries[random.Next(reference.Entries.Count)];

    /// <summary>The floor of most keys, or of one that was dropped.</summary>
    private ulong PickFloor(Random random)
        => reference.Floors.Keys.Count != 0 && random.Next(2) == 0
            ? reference.Floors.Keys[random.Next(reference.Floors.Keys.Count)].Floor
            : reference.Floors.Default;

    /// <summary>A version, or one of its neighbours.</summary>
    private static ulong Near(Random random, ulong version) => Math.Max(1, version + (ulong)random.Next(4)) - 1;

    public CommitVersion PickReadVersion(Random random)
    {
        var top = Math.Max(reference.Highest, 1);
        return random.Next(20) switch
        {
            < 5 => CommitVersion.Latest,
            < 12 => top - Math.Min((ulong)random.Next(60), top),
            < 15 when reference.Entries.Count != 0 => Near(random, PickEntry(random).Version),
            < 17 => PickFloor(random) + (ulong)random.Next(2),
            17 => Math.Max(1, PickFloor(random)) - 1,
            18 => top + (ulong)random.Next(1, 30),
            _ => random.Next(4) switch
            {
                0 => CommitVersion.Zero,
                1 => CommitVersion.Max,
                2 => CommitVersion.Max.Value + 1,
                _ => ulong.MaxValue - 1,
            },
        };
    }

    public ModelReader PickReader(Random random, bool latestOnly = false)
    {
        if (snapshots.Count != 0 && random.Next(2) == 0)
        {
            return snapshots[random.Next(snapshots.Count)];
        }

        var at = latestOnly ? CommitVersion.Latest : PickReadVersion(random);
        return new ModelReader(null, at, reference.Now(at), reference.Floors);
    }

    public (KeyRange Range, CommitVersion After, ScanDirection Direction) PickScan(Random random, ModelReader reader)
    {
        var range = random.Next(8) switch
        {
            0 => KeyRange.All,
            1 => KeyRange.Prefix(PickKey(random)),
            2 => KeyRange.From(PickKey(random), random.Next(2) == 0),
            3 => KeyRange.Until(PickKey(random), random.Next(2) == 0),
            4 => KeyRange.Exactly(PickKey(random)),
            5 => KeyRange.All,
            _ => KeyRange.Between(PickKey(random), random.Next(2) == 0, PickKey(random), random.Next(2) == 0),
        };
        var after = random.Next(3) switch
        {
            0 => reader.View.At - Math.Min((ulong)random.Next(30), reader.View.At),
            1 when random.Next(3) == 0 => PickReadVersion(random),
            _ => CommitVersion.Zero,
        };
        return (range, after, random.Next(2) == 0 ? ScanDirection.Forward : ScanDirection.Reverse);
    }
}
