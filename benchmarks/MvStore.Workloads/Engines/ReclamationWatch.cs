using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MvStore.Workloads.Engines;

/// <summary>How long runs of reclamation take, of whichever store is open, as it tells by its telemetry.</summary>
public sealed class ReclamationWatch : IDisposable
{
    private const string Durations = "mvstore.gc.duration";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly MeterListener _listener = new();
    private readonly BlockingCollection<TimeSpan> _runs = [];

    public ReclamationWatch()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == MvStoreTelemetry.MeterName && instrument.Name == Durations)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _runs.Add(TimeSpan.FromSeconds(seconds)));
        _listener.Start();
    }

    /// <summary>Waits for the run that finds what was written before this was called, and tells how long it took.</summary>
    /// <exception cref="WrongAnswerException">There was none.</exception>
    public TimeSpan Next()
    {
        while (_runs.TryTake(out _))
        {
            // Was before.
        }

        // One may have been under way. Of two, one found it, and the other found nothing to do.
        var first = Take();
        var second = Take();
        return first > second ? first : second;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _runs.Dispose();
    }

    private TimeSpan Take() => _runs.TryTake(out var run, Patience) ? run : throw new WrongAnswerException("no run of reclamation was made");
}
