using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;

namespace MvStore.Workloads;

/// <summary>The commits of one thread that an engine said are durable: their rows follow from the thread's seed.</summary>
/// <param name="Keys">How many keys there are.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Versions">The versions, in the order of the commits.</param>
internal sealed record AcknowledgedCommits(long Keys, ulong Seed, IReadOnlyList<ulong> Versions)
{
    private const int SetsPerCommit = 4;

    public static RowBatch NewBatch() => new(SetsPerCommit);

    /// <summary>Fills a batch with the rows of the next commit.</summary>
    public static void Fill(RowBatch batch, long keys, ref Randomness randomness)
    {
        batch.Clear();
        while (batch.Count < SetsPerCommit)
        {
            batch.Add(randomness.Below(keys), ref randomness);
        }
    }

    /// <summary>Requires that each row is there, in the version of its commit or a later one.</summary>
    /// <exception cref="WrongAnswerException">One is not.</exception>
    public void Require(EngineDescriptor descriptor, IWorkloadReader reader)
    {
        var batch = NewBatch();
        var randomness = new Randomness(Seed);
        foreach (var version in Versions)
        {
            Fill(batch, Keys, ref randomness);

            // Without versions the last write wins, and that of another thread may have an earlier number.
            var least = descriptor.Has(EngineTraits.Versions) ? version : 1;
            for (var row = 0; row < batch.Count; row++)
            {
                if (!reader.TryGet(batch.Key(row), IWorkloadReader.Latest, out var value)
                    || !value.IsOf(batch.Id(row)) || value.Version < least)
                {
                    throw new WrongAnswerException($"a durable row after reopening: expected version {least} or later, got {value}");
                }
            }
        }
    }
}
