using System.Diagnostics.Metrics;
using System.Globalization;

namespace MvStore.Tests.Diagnostics;

/// <summary>Collects what the store of one name measures, as an operator's collector would; other stores of the process are not heard.</summary>
internal sealed class MeasurementCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, string Tags, double Value)> _measurements = [];
    private readonly List<Instrument> _instruments = [];

    public MeasurementCollector(string store, Action? disturb = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MvStoreTelemetry.MeterName && (string?)instrument.Meter.Tags?.Single().Value == store)
            {
                lock (_instruments)
                {
                    _instruments.Add(instrument);
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) =>
        {
            lock (_instruments)
            {
                _instruments.Remove(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags, disturb));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags, disturb));
        _listener.Start();
    }

    /// <summary>What the store offers now.</summary>
    public IReadOnlyList<Instrument> Instruments
    {
        get
        {
            lock (_instruments)
            {
                return [.. _instruments];
            }
        }
    }

    /// <summary>Asks whatever is observed, and returns everything measured since the last call: "name{tags} value".</summary>
    public IReadOnlyList<string> Collect()
    {
        _listener.RecordObservableInstruments();
        lock (_measurements)
        {
            var all = _measurements.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Name}{m.Tags} {m.Value}")).ToArray();
            _measurements.Clear();
            return all;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, Action? disturb)
    {
        lock (_measurements)
        {
            var text = tags.IsEmpty ? string.Empty : $"{{{string.Join(',', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}}}";
            _measurements.Add((instrument.Name, text, value));
        }

        disturb?.Invoke();
    }
}
