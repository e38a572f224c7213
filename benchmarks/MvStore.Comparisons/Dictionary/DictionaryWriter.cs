using System.Collections.Concurrent;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Comparisons.Dictionary;

/// <summary>Writes to the dictionary, row by row.</summary>
internal sealed class DictionaryWriter(ConcurrentDictionary<byte[], VersionChain> chains) : IWorkloadWriter
{
    private readonly ConcurrentDictionary<byte[], VersionChain>.AlternateLookup<ReadOnlySpan<byte>> _chains
        = chains.GetAlternateLookup<ReadOnlySpan<byte>>();

    public void Commit(RowBatch rows, ulong version)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (!_chains.TryGetValue(rows.Key(row), out var chain))
            {
                chain = chains.GetOrAdd(rows.Key(row).ToArray(), static _ => new VersionChain());
            }

            chain.Add(version, rows.Value(row).ToArray());
        }
    }

    public void Dispose()
    {
        // Nothing of its own.
    }
}
