using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that commits four sets and waits until they are on disk, and remembers what it was told so of.</summary>
internal sealed class DurableCommitBody(
    IWorkloadEngine engine,
    VersionClock clock,
    long keys,
    ulong seed,
    LatencyHistogram latencies,
    Action<AcknowledgedCommits> onEnd) : ThreadBody
{
    private readonly IWorkloadWriter _writer = engine.OpenWriter();
    private readonly RowBatch _batch = AcknowledgedCommits.NewBatch();
    private readonly List<ulong> _acknowledged = [];
    private Randomness _randomness = new(seed);

    public override long RunBlock()
    {
        AcknowledgedCommits.Fill(_batch, keys, ref _randomness);
        var version = clock.Next();
        _batch.Stamp(version);
        var begin = Stopwatch.GetTimestamp();
        _writer.Commit(_batch, version);
        latencies.Add((long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
        _acknowledged.Add(version);
        return 1;
    }

    public override void Dispose()
    {
        _writer.Dispose();
        onEnd(new AcknowledgedCommits(keys, seed, _acknowledged));
        base.Dispose();
    }
}
