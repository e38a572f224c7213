using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that commits four sets and waits until they are on disk; its last commit is remembered.</summary>
internal sealed class DurableCommitBody(
    IWorkloadEngine engine,
    VersionClock clock,
    long keys,
    ulong seed,
    LatencyHistogram latencies,
    Action<AcknowledgedCommit> onEnd) : ThreadBody
{
    private const int SetsPerCommit = 4;

    private readonly IWorkloadWriter _writer = engine.OpenWriter();
    private readonly RowBatch _batch = new(SetsPerCommit);
    private Randomness _randomness = new(seed);
    private ulong _acknowledged;

    public override long RunBlock()
    {
        _batch.Clear();
        while (_batch.Count < SetsPerCommit)
        {
            _batch.Add(_randomness.Below(keys), ref _randomness);
        }

        var version = clock.Next();
        _batch.Stamp(version);
        var begin = Stopwatch.GetTimestamp();
        _writer.Commit(_batch, version);
        latencies.Add((long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
        _acknowledged = version;
        return 1;
    }

    public override void Dispose()
    {
        _writer.Dispose();
        if (_acknowledged > 0)
        {
            onEnd(new AcknowledgedCommit(_batch, _acknowledged));
        }

        base.Dispose();
    }
}
