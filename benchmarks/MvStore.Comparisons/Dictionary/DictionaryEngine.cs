using System.Collections.Concurrent;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Dictionary;

/// <summary>A dictionary of version chains: the practical ceiling for point access in .NET, without order or atomic commits.</summary>
internal sealed class DictionaryEngine : IReclaimingEngine
{
    private readonly ConcurrentDictionary<byte[], VersionChain> _chains = new(KeyComparer.Instance);

    public static EngineDescriptor Descriptor { get; } = new(
        "cd",
        "CD",
        "ConcurrentDictionary<byte[], chain>, looked up by span, chain = array of (version, byte[]) found by bisection; "
            + "no order, no atomic commits",
        EngineTraits.InMemory | EngineTraits.Versions | EngineTraits.ReclaimsMemory,
        _ => new DictionaryEngine())
    {
        Version = Environment.Version.ToString(),
    };

    public IWorkloadWriter OpenWriter() => new DictionaryWriter(_chains);

    public IWorkloadReader OpenReader() => new DictionaryReader(_chains);

    public long Reclaim(ulong hidden)
    {
        var removed = 0L;
        foreach (var (_, chain) in _chains)
        {
            removed += chain.KeepNewest();
        }

        return removed;
    }

    public void Dispose() => _chains.Clear();
}
