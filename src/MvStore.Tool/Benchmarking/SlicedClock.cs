namespace MvStore.Tool.Benchmarking;

/// <summary>Measures rates in slices of time, after a slice that does not count, in which code is compiled and caches are filled.</summary>
/// <param name="time">The clock.</param>
/// <param name="total">How long to measure, without the first slice.</param>
internal sealed class SlicedClock(TimeProvider time, TimeSpan total)
{
    /// <summary>Slices that count.</summary>
    public const int Slices = 5;

    /// <summary>Measures.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="unit">What is counted.</param>
    /// <param name="step">Does some of it, and tells how much. Should take far less than a slice.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    public async Task<BenchMeasurement> MeasureAsync(string name, string unit, Func<Task<long>> step, CancellationToken cancellationToken)
    {
        await RunSliceAsync(step, cancellationToken);
        var rates = new List<double>(Slices);
        for (var i = 0; i < Slices; i++)
        {
            rates.Add(await RunSliceAsync(step, cancellationToken));
        }

        return new BenchMeasurement(name, unit, rates);
    }

    private async Task<double> RunSliceAsync(Func<Task<long>> step, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var done = 0L;
        TimeSpan elapsed;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            done += await step();
            elapsed = time.GetElapsedTime(began);
        }
        while (elapsed < total / Slices);

        return done / elapsed.TotalSeconds;
    }
}
