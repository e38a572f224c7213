using System.Globalization;

namespace MvStore.Tool.Rendering;

/// <summary>Writes a plain line every so often; for pipes and log files.</summary>
internal sealed class LineProgress(TextWriter writer, TimeProvider time) : IProgressView
{
    /// <summary>The least time between two lines.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public Task<T> RunAsync<T>(ProgressPlan plan, Func<IProgressMeter, Task<T>> work) => work(new Meter(plan, writer, time));

    private sealed class Meter(ProgressPlan plan, TextWriter writer, TimeProvider time) : IProgressMeter
    {
        private readonly long _began = time.GetTimestamp();
        private TimeSpan _next = Interval;

        public void Report(long done)
        {
            var elapsed = time.GetElapsedTime(_began);
            if (elapsed < _next)
            {
                return;
            }

            _next = elapsed + Interval;
            var figures = new ProgressFigures(plan, done, elapsed);
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{plan.Title}: {figures.Counts} ({figures.Percent} %), {figures.RateText}, {figures.LeftText}\n"));
            writer.Flush();
        }
    }
}
