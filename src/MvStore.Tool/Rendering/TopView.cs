using System.Globalization;
using MvStore.Tool.Watching;
using Spectre.Console;

namespace MvStore.Tool.Rendering;

/// <summary>Shows what the stores of a process say: on a terminal in place of what was there before, in a pipe one below the other.</summary>
internal sealed class TopView(ToolHost host, int process)
{
    private const string Prefix = "mvstore.";
    private const string HomeAndEraseBelow = "\u001b[H\u001b[J";

    /// <summary>Shows a reading.</summary>
    public async Task ShowAsync(IReadOnlyList<StoreReading> stores, CancellationToken cancellationToken)
    {
        if (host.OutputIsTerminal)
        {
            BeginAnew();
        }

        foreach (var store in stores)
        {
            host.Text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{PathText.Clean(store.Store)} in process {process}"));
            var table = new TextTable("instrument", "of", "value", "per second");
            foreach (var instrument in store.Instruments.Where(IsWorthALine))
            {
                table.Add(
                    PathText.Clean(instrument.Name.StartsWith(Prefix, StringComparison.Ordinal) ? instrument.Name[Prefix.Length..] : instrument.Name),
                    PathText.Clean(ValuesOf(instrument.Tags)),
                    ValueOf(instrument),
                    instrument.PerSecond is { } rate ? Amount(rate, instrument.Quantiles.Length > 0 ? "" : instrument.Unit) : "");
            }

            table.Write(host);
            host.Text.WriteLine();
        }

        await host.Text.FlushAsync(cancellationToken);
    }

    // Not by the console's own way to clear, which takes the lines that were scrolled away too.
    private void BeginAnew()
    {
        if (AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(host.Text) }).Profile.Capabilities.Ansi)
        {
            host.Text.Write(HomeAndEraseBelow);
        }
    }

    // Of what is told apart by tags, such as stalls by reason, only what there is.
    private static bool IsWorthALine(InstrumentReading reading) => reading.Value != 0 || reading.Tags.Length == 0;

    private static string ValuesOf(string tags)
        => string.Join(", ", tags.Split(',').Select(static tag => tag[(tag.IndexOf('=', StringComparison.Ordinal) + 1)..]));

    private static string ValueOf(InstrumentReading reading)
        => reading.Quantiles.Length == 0 ? Amount(reading.Value, reading.Unit)
            : string.Join(", ", reading.Quantiles.Split(';').Select(quantile => QuantileOf(quantile, reading.Unit)));

    // "0.95=0.25" becomes "95 % 0.25 s".
    private static string QuantileOf(string quantile, string unit)
        => quantile.Split('=') is [var part, var value]
            && double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var share)
            && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)
                ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} % {Amount(amount, unit)}")
                : quantile;

    private static string Amount(double amount, string unit) => unit switch
    {
        "By" => Figures.Size((long)amount),
        "s" => string.Create(CultureInfo.InvariantCulture, $"{amount:0.###} s"),
        _ => amount.ToString(Math.Abs(amount) >= 100 || amount == Math.Floor(amount) ? "N0" : "0.0", CultureInfo.InvariantCulture),
    };
}
