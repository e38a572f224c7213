using System.Globalization;

namespace MvStore.Tool.Watching;

/// <summary>Puts the events of a collection together to readings, one for each interval. Used by one task.</summary>
/// <param name="seconds">The interval.</param>
internal sealed class MeterReadings(int seconds)
{
    private const string StoreTag = "mvstore.store.name=";
    private const string Unnamed = "unnamed";

    private readonly Dictionary<string, string> _storeOfInstrument = [];
    private readonly List<(string Store, InstrumentReading Reading)> _interval = [];

    /// <summary>Takes an event.</summary>
    /// <returns>The stores, by name, when the event ends an interval; otherwise null.</returns>
    /// <exception cref="ToolException">The process cannot be watched like this.</exception>
    public IReadOnlyList<StoreReading>? Take(TraceEvent told)
    {
        switch (told.Name)
        {
            case "BeginInstrumentReporting":
                _storeOfInstrument[told["instrumentId"]] = StoreOf(told["meterTags"]);
                return null;
            case "CounterRateValuePublished":
                Add(told, Number(told["value"]), Number(told["rate"]) / seconds);
                return null;
            case "UpDownCounterRateValuePublished":
                Add(told, Number(told["value"]), null);
                return null;
            case "GaugeValuePublished":
                Add(told, Number(told["lastValue"]), null);
                return null;
            case "HistogramValuePublished":
                Add(told, Number(told["count"]), Number(told["count"]) / seconds, told["quantiles"]);
                return null;
            case "CollectionStart":
                _interval.Clear();
                return null;
            case "CollectionStop":
                return EndInterval();
            case "MultipleSessionsNotSupportedError" or "MultipleSessionsConfiguredIncorrectlyError":
                throw new ToolException(ExitCode.Negative, "Another program watches the process with other settings; end it, or ask for its interval with --interval.");
            case "Error":
                throw new ToolException(ExitCode.Negative, $"The process cannot tell: {told["errorMessage"]}");
            default:
                return null;
        }
    }

    private static string StoreOf(string tags)
        => tags.Split(',').FirstOrDefault(static tag => tag.StartsWith(StoreTag, StringComparison.Ordinal)) is { } tag ? tag[StoreTag.Length..] : Unnamed;

    // What the runtime cannot tell yet, such as a rate after one interval, it leaves empty.
    private static double? Number(string text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private void Add(TraceEvent told, double? value, double? perSecond, string quantiles = "")
    {
        if (value is { } known)
        {
            _interval.Add((
                _storeOfInstrument.GetValueOrDefault(told["instrumentId"], Unnamed),
                new InstrumentReading(told["instrumentName"], told["tags"], told["unit"], known, perSecond, quantiles)));
        }
    }

    private List<StoreReading> EndInterval()
        => [.. _interval
            .GroupBy(static told => told.Store, static told => told.Reading)
            .OrderBy(static store => store.Key, StringComparer.Ordinal)
            .Select(static store => new StoreReading(
                store.Key,
                [.. store.OrderBy(static i => i.Name, StringComparer.Ordinal).ThenBy(static i => i.Tags, StringComparer.Ordinal)]))];
}
