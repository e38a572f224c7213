using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Engines;
using ZoneTree;
using ZoneTree.Comparers;
using ZoneTree.Hashers;
using ZoneTree.Serializers;
using ZoneTree.Transactional;

namespace MvStore.Comparisons.Zone;

/// <summary>ZoneTree in transaction mode: pure C#, snapshot isolation. Old states live while a transaction holds them.</summary>
internal sealed class ZoneEngine : IWorkloadEngine, IHeldSnapshots
{
    // Everything stays in the mutable segment, which is the one in memory.
    private const int MutableItems = 100_000_000;

    private readonly ITransactionalZoneTree<FixedKey, byte[]> _tree;
    private readonly Dictionary<ulong, IReadTransaction<FixedKey, byte[]>> _held = [];

    private readonly bool _isDurable;

    private ZoneEngine(EngineSettings settings)
    {
        _isDurable = settings.Duty == EngineDuty.DurableCommits;
        _tree = Open(settings.Directory);
    }

    public static EngineDescriptor Descriptor { get; } = new(
        "zonetree",
        "ZoneTree",
        "transaction mode, snapshot isolation, default log (AsyncShared), one mutable segment in memory, "
            + "a read transaction for each read; W11: TryCommitDurableAsync, which shares syncs",
        EngineTraits.InMemory | EngineTraits.HeldVersions | EngineTraits.Ranges | EngineTraits.DurableCommits,
        settings => new ZoneEngine(settings))
    {
        Version = PackageVersion.Of("ZoneTree"),
    };

    public IWorkloadWriter OpenWriter() => new ZoneWriter(_tree, _isDurable);

    public IWorkloadReader OpenReader() => new ZoneReader(_tree, _held);

    public void Hold(ulong version) => _held.Add(version, _tree.BeginReadOnlyTransaction());

    public void Dispose()
    {
        foreach (var transaction in _held.Values)
        {
            transaction.Dispose();
        }

        _tree.Dispose();
    }

    private static ITransactionalZoneTree<FixedKey, byte[]> Open(string directory) => new ZoneTreeFactory<FixedKey, byte[]>()
        .SetDataDirectory(directory)
        .SetComparer(new FixedKeyComparer())
        .SetKeyHasher(new FixedKeyHasher())
        .SetKeySerializer(new StructSerializer<FixedKey>())
        .SetValueSerializer(new BytesSerializer())
        .SetMutableSegmentMaxItemCount(MutableItems)
        .SetIsDeletedDelegate((in FixedKey _, in byte[] value) => value.Length == 0)
        .SetMarkValueDeletedDelegate((ref byte[] value) => value = [])
        .OpenOrCreateTransactional();

    private sealed class FixedKeyComparer : IRefComparer<FixedKey>
    {
        public int Compare(in FixedKey x, in FixedKey y) => x.CompareTo(y);
    }

    private sealed class FixedKeyHasher : IKeyHasher<FixedKey>
    {
        public int GetHashCode(in FixedKey key) => key.GetHashCode();
    }
}
