using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MvStore.Workloads.Engines;

/// <summary>Collects everything that stores measure, ten times a second, and every activity with all it carries: more than exporters do, which ask every few seconds at most.</summary>
internal sealed class TelemetryCollector : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly MeterListener _measurements = new();
    private readonly ActivityListener _activities = new();
    private readonly Timer _timer;
    private long _measured; // Anyone, interlocked.

    public TelemetryCollector()
    {
        _measurements.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == MvStoreTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _measurements.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref _measured));
        _measurements.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _measured));
        _measurements.Start();
        _activities.ShouldListenTo = static source => source.Name == MvStoreTelemetry.ActivitySourceName;
        _activities.Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded;
        ActivitySource.AddActivityListener(_activities);
        _timer = new Timer(static listener => ((MeterListener)listener!).RecordObservableInstruments(), _measurements, TimeSpan.Zero, Period);
    }

    public void Dispose()
    {
        using var isIdle = new ManualResetEvent(initialState: false);
        _timer.Dispose(isIdle);
        isIdle.WaitOne();
        _measurements.RecordObservableInstruments();
        _measurements.Dispose();
        _activities.Dispose();
        if (Interlocked.Read(ref _measured) == 0)
        {
            throw new WrongAnswerException("nothing was measured while a collector listened");
        }
    }
}
