using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>Point gets at the newest version, each timed: from the end of the one before to its own end.</summary>
internal sealed class TimedGetBody(PreparedStore store, ulong seed, LatencyHistogram histogram)
    : ReaderBody<IWorkloadReader>(store, seed)
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private long _last;

    public override long RunBlock()
    {
        Span<byte> key = stackalloc byte[KeySpace.KeyLength];
        _last = _last == 0 ? Stopwatch.GetTimestamp() : _last;
        for (var i = 0; i < GetsPerBlock; i++)
        {
            var id = KeySpace.IdOf(Randomness.Below(Rows.Count));
            KeySpace.Write(key, id);
            if (!Reader.TryGet(key, IWorkloadReader.Latest, out var value) || !value.IsOf(id))
            {
                throw new WrongAnswerException($"get beside a writer: {value}");
            }

            var now = Stopwatch.GetTimestamp();
            histogram.Add((long)((now - _last) * NanosecondsPerTick));
            _last = now;
        }

        return GetsPerBlock;
    }
}
