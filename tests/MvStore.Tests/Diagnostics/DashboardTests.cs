using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using MvStore.Tests.Architecture;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Diagnostics;

/// <summary>The dashboard that the package carries, against what a store really publishes, as the OpenTelemetry exporters name it for Prometheus.</summary>
public sealed class DashboardTests
{
    private const string File = "src/MvStore/Dashboards/mvstore.json";

    [Fact]
    public async Task TheDashboardShowsEveryInstrumentAndNothingElse()
    {
        using var collector = new MeasurementCollector(nameof(TheDashboardShowsEveryInstrumentAndNothingElse));
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o => o.Name = nameof(TheDashboardShowsEveryInstrumentAndNothingElse));
        var published = collector.Instruments.ToDictionary(i => i.Name, NamesOf);
        var shown = Expressions().SelectMany(e => Regex.Matches(e, @"\b(mvstore_\w+)\{").Select(m => m.Groups[1].Value)).ToHashSet();

        published.Where(i => !i.Value.Any(shown.Contains)).Select(i => i.Key).Should().BeEmpty("each instrument has a panel");
        shown.Except(published.Values.SelectMany(n => n)).Should().BeEmpty("no panel asks for what no store publishes");
    }

    [Fact]
    public async Task TheDashboardGroupsByLabelsThatMeasurementsHave()
    {
        using var collector = new MeasurementCollector(nameof(TheDashboardGroupsByLabelsThatMeasurementsHave));
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o => o.Name = nameof(TheDashboardGroupsByLabelsThatMeasurementsHave));
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.FlushAsync().Guarded();
        var labels = collector.Collect().SelectMany(m => Regex.Matches(m, @"(mvstore\.[a-z.]+)=").Select(t => Escaped(t.Groups[1].Value))).Append("mvstore_store_name").ToHashSet();
        var asked = Texts().SelectMany(t => Regex.Matches(t, @"(?:by \(|, |\{\{)(mvstore_\w+)(?=[,)}])").Select(m => m.Groups[1].Value)).ToHashSet();

        asked.Should().NotBeEmpty();
        asked.Except(labels).Should().BeEmpty();
    }

    [Fact]
    public void EveryPanelHasATitleAPlaceAndANumberOfItsOwn()
    {
        using var dashboard = Read();
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToArray();
        panels.Select(p => p.GetProperty("id").GetInt32()).Should().OnlyHaveUniqueItems();
        panels.Select(p => p.GetProperty("title").GetString()).Should().OnlyHaveUniqueItems();
        panels.Select(p => p.GetProperty("gridPos").GetRawText()).Should().OnlyHaveUniqueItems();
        panels.Where(p => p.GetProperty("type").GetString() != "row")
            .Should().OnlyContain(p => p.GetProperty("targets").GetArrayLength() > 0 && p.GetProperty("datasource").GetProperty("uid").GetString() == "${datasource}");
    }

    // The suffixes: the unit in words, unless it only says what is counted, and behind it what the kind of the instrument asks for.
    private static string[] NamesOf(Instrument instrument)
    {
        var name = Escaped(instrument.Name) + instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            ['{', .., '}'] => string.Empty,
            _ => throw new NotSupportedException($"The unit {instrument.Unit} has no word here yet."),
        };
        var kind = instrument.GetType().Name.Split('`')[0];
        return kind switch
        {
            "Counter" or "ObservableCounter" => [name + "_total"],
            "Histogram" => [name + "_bucket", name + "_count", name + "_sum"],
            "ObservableUpDownCounter" or "ObservableGauge" => [name],
            _ => throw new NotSupportedException($"Instruments of the kind {kind} have no rule here yet."),
        };
    }

    private static string Escaped(string name) => name.Replace('.', '_');

    private static string[] Expressions() => Targets("expr");

    private static string[] Texts()
    {
        using var dashboard = Read();
        var variables = dashboard.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()
            .Where(v => v.TryGetProperty("definition", out _)).Select(v => v.GetProperty("definition").GetString()!).ToArray();
        return [.. Targets("expr"), .. Targets("legendFormat"), .. variables];
    }

    private static string[] Targets(string property)
    {
        using var dashboard = Read();
        return
        [
            .. dashboard.RootElement.GetProperty("panels").EnumerateArray()
                .Where(p => p.TryGetProperty("targets", out _))
                .SelectMany(p => p.GetProperty("targets").EnumerateArray())
                .Select(t => t.GetProperty(property).GetString()!),
        ];
    }

    private static JsonDocument Read() => JsonDocument.Parse(Repository.Read(File));
}
