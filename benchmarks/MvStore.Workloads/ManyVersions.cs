using MvStore.Workloads.Data;

namespace MvStore.Workloads;

/// <summary>One key with a thousand versions, added to a prepared store.</summary>
internal static class ManyVersions
{
    public const int Count = 1_000;

    /// <summary>Writes a new key a thousand times.</summary>
    /// <returns>The key and the versions written.</returns>
    public static (byte[] Key, List<ulong> Versions) Write(PreparedStore store)
    {
        var index = store.NewIndex();
        var versions = new List<ulong>(Count);
        var batch = new RowBatch(1);
        var randomness = new Randomness((ulong)index);
        using var writer = store.Engine.OpenWriter();
        while (versions.Count < Count)
        {
            versions.Add(store.Clock.Next());
            batch.Clear();
            batch.Add(index, ref randomness);
            batch.Stamp(versions[^1]);
            writer.Commit(batch, versions[^1]);
        }

        return (batch.Key(0).ToArray(), versions);
    }
}
