using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace MvStore.Reliability.Soak;

/// <summary>Writes what a soak saw: <c>soak.md</c> with charts beside it.</summary>
internal sealed class SoakReport(SoakResult result, IReadOnlyList<SoakBound> bounds)
{
    private const double Mebibyte = 1024 * 1024;

    /// <summary>Writes it.</summary>
    /// <param name="directory">Where.</param>
    /// <returns>The path of the report.</returns>
    public string Write(string directory)
    {
        (string File, string Chart)[] charts = result.Samples.Count < 2 ? [] : Charts();
        foreach (var (file, chart) in charts)
        {
            File.WriteAllText(Path.Combine(directory, file), chart);
        }

        var path = Path.Combine(directory, "soak.md");
        File.WriteAllText(path, ToMarkdown(charts.Select(c => c.File)));
        return path;
    }

    private (string File, string Chart)[] Charts() =>
    [
        ("soak-memory.svg", LineChart.Draw(
            "Memory of the process that lives throughout, MiB",
            result.Samples,
            ("process", s => s.Figures.Resident / Mebibyte),
            ("runtime's heap", s => s.Figures.ManagedCommitted / Mebibyte),
            ("managed objects", s => s.Figures.Managed / Mebibyte),
            ("counted by the store", s => s.Figures.StoreMemory / Mebibyte))),
        ("soak-files.svg", LineChart.Draw(
            "Its files, MiB",
            result.Samples,
            ("SQLite's file", s => s.Files.Database / Mebibyte),
            ("SQLite's log", s => s.Files.WriteAheadLog / Mebibyte),
            ("commit log", s => s.Files.CommitLog / Mebibyte),
            ("commit log in use", s => s.Figures.LogBytes / Mebibyte))),
        ("soak-lag.svg", LineChart.Draw(
            "The oldest commit that is not in SQLite, seconds",
            result.Samples,
            ("age", s => s.Figures.LagMilliseconds / 1000.0))),
        ("soak-handles.svg", LineChart.Draw(
            "Its handles and threads, and the files of its store",
            result.Samples,
            ("handles", s => s.Figures.Handles),
            ("threads", s => s.Figures.Threads),
            ("files", s => s.Files.Count))),
    ];

    private string ToMarkdown(IEnumerable<string> charts)
    {
        var last = result.Samples.Count == 0 ? null : result.Samples[^1];
        var text = new StringBuilder();
        text.AppendLine("# Soak").AppendLine();
        Add(text, $"{result.Whole.TotalMinutes:0.#} minutes, seed {result.Seed}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors.");
        text.AppendLine();
        Add(text, $"- one process throughout: {last?.Figures.Published ?? 0} publications, {last?.Figures.Checked ?? 0} answers compared;");
        Add(text, $"- {result.Deaths.Count} processes killed, {result.CheckedByKilled} answers compared while they lived; {result.Deaths.Count(d => d.Found is not null)} times the store was then compared as a whole, the other times the next process opened it at once;");
        Add(text, $"- {result.Deaths.Count(d => d.Found < d.Told)} kills took buffered commits with them, {result.Deaths.Sum(d => (long)(d.Told - Math.Min(d.Told, d.Found ?? d.Told)))} in all; none took one that was acknowledged as logged or durable;");
        Add(text, $"- opening after a kill: median {Milliseconds(0.5)}, longest {Milliseconds(1)}.");
        text.AppendLine().AppendLine("| what must not grow | measured | allowed | kept |").AppendLine("| --- | --- | --- | --- |");
        foreach (var bound in bounds)
        {
            Add(text, $"| {bound.Name} | {bound.Found} | {bound.Limit} | {(bound.IsKept switch { true => "yes", false => "**no**", null => "too short to tell" })} |");
        }

        text.AppendLine();
        Add(text, $"Growth is the line of least squares through the medians of 24 portions of the time after warming up ({SoakBounds.WarmUp(result.Whole).TotalMinutes:0.#} minutes), in per cent of the mean; +/- is twice its standard error, and it is the line less that which must not be above the bound. It is not judged below half an hour.");
        foreach (var chart in charts)
        {
            text.AppendLine();
            Add(text, $"![{Path.GetFileNameWithoutExtension(chart)}]({chart})");
        }

        return text.ToString();
    }

    private string Milliseconds(double quantile)
    {
        var times = result.Deaths.Where(d => d.Opening is not null).Select(d => d.Opening!.Value.TotalMilliseconds).Order().ToArray();
        return times.Length == 0 ? "none" : times[(int)((times.Length - 1) * quantile)].ToString("0", CultureInfo.InvariantCulture) + " ms with the start of the process";
    }

    private static void Add(StringBuilder text, FormattableString line) => text.AppendLine(FormattableString.Invariant(line));
}
