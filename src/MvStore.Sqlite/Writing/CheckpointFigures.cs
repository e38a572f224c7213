using System.Diagnostics.Metrics;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// What the write-ahead log holds and what its checkpoints did, for whoever collects measurements. All of it is observed, so that a write neither waits for a collector nor fails with one. The writer notes, in its turn; any thread observes.
/// </summary>
internal sealed class CheckpointFigures
{
    private const string Outcome = "mvstore.sqlite.checkpoint.outcome";

    private static readonly string[] Outcomes = ["complete", "busy", "failed"];

    // Owner: the writer, in its turn. Release store; collectors acquire.
    private readonly long[] _counts = new long[Outcomes.Length];

    // Owner: the writer, in its turn: ticks of a TimeSpan. Release store; collectors acquire.
    private readonly long[] _times = new long[Outcomes.Length];

    // Owner: the writer, in its turn. Release store; collectors acquire.
    private long _framesLeft;

    /// <summary>Takes note of what an earlier owner left, or of what was written to the log.</summary>
    public void Written(long frames) => Volatile.Write(ref _framesLeft, _framesLeft + frames);

    /// <summary>Takes note of a checkpoint.</summary>
    /// <param name="result">What came of it; null when it failed.</param>
    /// <param name="duration">How long it took.</param>
    public void Checkpointed(CheckpointResult? result, TimeSpan duration)
    {
        var outcome = result is { } ended ? (ended.IsComplete ? 0 : 1) : 2;
        Volatile.Write(ref _counts[outcome], _counts[outcome] + 1);
        Volatile.Write(ref _times[outcome], _times[outcome] + duration.Ticks);
        Volatile.Write(ref _framesLeft, result?.FramesLeft ?? _framesLeft);
    }

    /// <summary>Adds the instruments that observe it.</summary>
    public void AddTo(Meter meter)
    {
        meter.CreateObservableUpDownCounter(
            "mvstore.sqlite.wal.frames", () => Volatile.Read(ref _framesLeft), "{frame}", "Frames of the write-ahead log that are not in the store's file yet, about.");
        meter.CreateObservableCounter(
            "mvstore.sqlite.checkpoints", () => OfOutcomes(static (figures, i) => Volatile.Read(ref figures._counts[i])), "{checkpoint}", "Copies of the write-ahead log into the store's file, by outcome.");
        meter.CreateObservableCounter(
            "mvstore.sqlite.checkpoints.time",
            () => OfOutcomes(static (figures, i) => TimeSpan.FromTicks(Volatile.Read(ref figures._times[i])).TotalSeconds),
            "s",
            "How long they took in all, by outcome.");
    }

    private IEnumerable<Measurement<T>> OfOutcomes<T>(Func<CheckpointFigures, int, T> select)
        where T : struct
        => Outcomes.Select((outcome, i) => new Measurement<T>(select(this, i), new KeyValuePair<string, object?>(Outcome, outcome)));
}
