using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Workloads;

/// <summary>Fills an engine in commits of a hundred rows, on one thread.</summary>
internal static class Loading
{
    /// <summary>Writes every key once a round.</summary>
    /// <param name="engine">The engine, empty.</param>
    /// <param name="rows">What to write.</param>
    /// <param name="afterRound">Called behind each round with its number, from 0.</param>
    public static void Load(IWorkloadEngine engine, LoadedRows rows, Action<int>? afterRound = null)
    {
        using var writer = engine.OpenWriter();
        var batch = new RowBatch(LoadedRows.RowsPerCommit);
        var randomness = new Randomness(1);
        var version = 0UL;
        for (var round = 0; round < rows.Rounds; round++)
        {
            for (var first = 0L; first < rows.Count; first += LoadedRows.RowsPerCommit)
            {
                batch.Clear();
                for (var index = first; index < Math.Min(first + LoadedRows.RowsPerCommit, rows.Count); index++)
                {
                    batch.Add(index, ref randomness);
                }

                batch.Stamp(++version);
                writer.Commit(batch, version);
            }

            afterRound?.Invoke(round);
        }
    }
}
