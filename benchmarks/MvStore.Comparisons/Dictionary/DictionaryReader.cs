using System.Collections.Concurrent;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Dictionary;

/// <summary>Reads from the dictionary.</summary>
internal sealed class DictionaryReader(ConcurrentDictionary<byte[], VersionChain> chains) : IWorkloadReader
{
    private readonly ConcurrentDictionary<byte[], VersionChain>.AlternateLookup<ReadOnlySpan<byte>> _chains
        = chains.GetAlternateLookup<ReadOnlySpan<byte>>();

    public bool TryGet(ReadOnlySpan<byte> key, ulong at, out ValueDigest value)
    {
        if (_chains.TryGetValue(key, out var chain) && chain.Find(at) is { } bytes)
        {
            value = ValueDigest.Of(bytes);
            return true;
        }

        value = default;
        return false;
    }

    public void Dispose()
    {
        // Nothing of its own.
    }
}
