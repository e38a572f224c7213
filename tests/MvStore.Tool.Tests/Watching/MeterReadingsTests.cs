using MvStore.Tool.Watching;

namespace MvStore.Tool.Tests.Watching;

public class MeterReadingsTests
{
    [Fact]
    public void Values_are_put_together_by_store_at_the_end_of_an_interval()
    {
        var readings = new MeterReadings(seconds: 2);
        Begin(readings, "1", "mvstore.store.name=shop");
        Begin(readings, "2", "host=a,mvstore.store.name=archive,zone=b");
        readings.Take(Told("CollectionStart")).Should().BeNull();
        Value(readings, "CounterRateValuePublished", "1", "mvstore.commits", ("value", "500"), ("rate", "100"));
        Value(readings, "UpDownCounterRateValuePublished", "1", "mvstore.memory.usage", ("value", "4096"), ("rate", "7"));
        Value(readings, "GaugeValuePublished", "2", "mvstore.snapshots.oldest", ("lastValue", "1.5"));
        Value(readings, "HistogramValuePublished", "1", "mvstore.flush.duration", ("count", "20"), ("quantiles", "0.5=0.25;0.95=0.5"));
        Value(readings, "CounterRateValuePublished", "9", "mvstore.stalls", ("value", "1"), ("rate", ""));

        var stores = readings.Take(Told("CollectionStop"))!;

        stores.Select(static s => s.Store).Should().Equal("archive", "shop", "unnamed");
        stores[0].Instruments.Should().Equal(new InstrumentReading("mvstore.snapshots.oldest", "", "u", 1.5, null, ""));
        stores[1].Instruments.Should().Equal(
            new InstrumentReading("mvstore.commits", "", "u", 500, 50, ""),
            new InstrumentReading("mvstore.flush.duration", "", "u", 20, 10, "0.5=0.25;0.95=0.5"),
            new InstrumentReading("mvstore.memory.usage", "", "u", 4096, null, ""));
        stores[2].Instruments.Single().PerSecond.Should().BeNull("it is not known yet");
    }

    [Fact]
    public void An_interval_has_nothing_of_the_one_before()
    {
        var readings = new MeterReadings(seconds: 1);
        Value(readings, "GaugeValuePublished", "1", "gone", ("lastValue", "1"));
        readings.Take(Told("CollectionStop"))!.Should().ContainSingle();
        readings.Take(Told("CollectionStart"));

        readings.Take(Told("CollectionStop"))!.Should().BeEmpty();
    }

    [Fact]
    public void A_value_that_is_no_number_is_left_out()
    {
        var readings = new MeterReadings(seconds: 1);
        Value(readings, "GaugeValuePublished", "1", "empty", ("lastValue", ""));
        Value(readings, "GaugeValuePublished", "1", "none", ("lastValue", "NaN"));

        readings.Take(Told("CollectionStop"))!.Should().BeEmpty();
    }

    [Theory]
    [InlineData("MultipleSessionsNotSupportedError", "--interval")]
    [InlineData("MultipleSessionsConfiguredIncorrectlyError", "--interval")]
    [InlineData("Error", "out of order")]
    public void What_the_process_refuses_is_told(string name, string sentence)
    {
        var taking = () => new MeterReadings(seconds: 1).Take(Told(name, ("errorMessage", "out of order")));

        taking.Should().Throw<ToolException>().WithMessage($"*{sentence}*").Which.ExitCode.Should().Be(ExitCode.Negative);
    }

    private static void Begin(MeterReadings readings, string instrument, string tags)
        => readings.Take(Told("BeginInstrumentReporting", ("instrumentId", instrument), ("meterTags", tags))).Should().BeNull();

    private static void Value(MeterReadings readings, string kind, string instrument, string name, params (string, string)[] fields)
        => readings.Take(Told(kind, [("instrumentId", instrument), ("instrumentName", name), ("tags", ""), ("unit", "u"), .. fields])).Should().BeNull();

    private static TraceEvent Told(string name, params (string Name, string Value)[] fields)
        => new(name, fields.ToDictionary(static f => f.Name, static f => f.Value));
}
