using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;

namespace MvStore.Workloads;

/// <summary>A thread that commits four sets at a time, and in the end looks whether the last of them is there.</summary>
/// <param name="store">The store.</param>
/// <param name="seed">Seed of its numbers.</param>
/// <param name="newIndex">Gives the keys, if not random ones of those loaded.</param>
/// <param name="latencies">Takes the time of each commit, or null to measure none.</param>
internal sealed class CommitBody(PreparedStore store, ulong seed, Func<long>? newIndex = null, LatencyHistogram? latencies = null)
    : ThreadBody
{
    private const int SetsPerCommit = 4;
    private const int Block = 8;

    private readonly IWorkloadWriter _writer = store.Engine.OpenWriter();
    private readonly RowBatch _batch = new(SetsPerCommit);
    private readonly long _count = store.Rows.Count;
    private Randomness _randomness = new(seed);
    private ulong _lastVersion;
    private bool _hasFailed; // what failed says why; to miss its rows says nothing

    public override long RunBlock()
    {
        for (var i = 0; i < Block; i++)
        {
            _batch.Clear();
            while (_batch.Count < SetsPerCommit)
            {
                _batch.Add(newIndex is null ? _randomness.Below(_count) : newIndex(), ref _randomness);
            }

            _lastVersion = store.Clock.Next();
            _batch.Stamp(_lastVersion);
            _hasFailed = true;
            Commit();
            _hasFailed = false;
        }

        return Block;
    }

    public override void Dispose()
    {
        _writer.Dispose();
        if (_lastVersion > 0 && !_hasFailed)
        {
            Verify();
        }

        base.Dispose();
    }

    private void Commit()
    {
        if (latencies is null)
        {
            _writer.Commit(_batch, _lastVersion);
            return;
        }

        var begin = Stopwatch.GetTimestamp();
        _writer.Commit(_batch, _lastVersion);
        latencies.Add((long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
    }

    private void Verify()
    {
        // Without versions the last write wins, and that of another thread may have an earlier number.
        var least = store.Descriptor.Has(EngineTraits.Versions) ? _lastVersion : 1;
        var reader = store.RentReader();
        for (var row = 0; row < _batch.Count; row++)
        {
            if (!reader.TryGet(_batch.Key(row), IWorkloadReader.Latest, out var value)
                || !value.IsOf(_batch.Id(row)) || value.Version < least)
            {
                throw new WrongAnswerException($"read of a committed row: expected version {_lastVersion} or later, got {value}");
            }
        }

        store.ReturnReader(reader);
    }
}
