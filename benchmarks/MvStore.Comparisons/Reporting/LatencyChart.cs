using MvStore.Workloads.Measuring;
using MvStore.Workloads.Reporting;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>For each engine, how long a point get takes alone (hollow) and beside a writer (filled).</summary>
internal static class LatencyChart
{
    private const int Width = 900;
    private const int Left = 190;
    private const int Right = 840;
    private const int Top = 60;
    private const int RowHeight = 22;
    private const int EngineGap = 12;
    private static readonly double[] Ticks = [100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    private static readonly (string Metric, string Color)[] Rows =
        [(Metrics.Median, "#3b6ea5"), (Metrics.Percentile999, "#c8553d"), (Metrics.Longest, "#7a4f9a")];

    public static string Draw(RunOutcome outcome)
    {
        var engines = outcome.Request.Engines.Where(e => outcome.Results.Find("W8", e.Id) is not null).ToArray();
        var bottom = Top + (engines.Length * ((Rows.Length * RowHeight) + EngineGap));
        var canvas = new SvgCanvas(Width, bottom + 30);
        canvas.Text(Left, 22, "A point get with 3 readers: alone (hollow), beside 1 writer (filled); log scale", size: 14, isBold: true);
        canvas.Text(Left, 40, "p50 and p99.9: median of the runs; longest: of all runs", color: "#555", size: 11);

        var axis = new LogAxis(Left, Right, Ticks[0], Ticks[^1]);
        axis.Draw(canvas, Top - 8, bottom, Ticks, Figures.Time);
        double y = Top;
        foreach (var engine in engines)
        {
            canvas.Text(10, y + RowHeight, engine.Name, isBold: true);
            foreach (var (metric, color) in Rows)
            {
                var alone = Value(outcome, engine.Id, Metrics.Alone, metric);
                var beside = Value(outcome, engine.Id, Metrics.Beside, metric);
                DrawRow(canvas, axis, y + (RowHeight / 2.0), metric, color, alone, beside);
                y += RowHeight;
            }

            y += EngineGap;
        }

        return canvas.ToString();
    }

    private static double Value(RunOutcome outcome, string engine, string prefix, string metric)
    {
        var series = outcome.Results.Find("W8", engine, prefix + metric)!;
        return metric == Metrics.Longest ? series.Max : series.Median;
    }

    private static void DrawRow(SvgCanvas canvas, LogAxis axis, double y, string metric, string color, double alone, double beside)
    {
        canvas.Text(Left - 12, y + 4, metric, "end", "#555", 11);
        canvas.Line(axis.At(alone), y, axis.At(beside), y, color, 2);
        canvas.Dot(axis.At(alone), y, color, isHollow: true);
        canvas.Dot(axis.At(beside), y, color, isHollow: false);
        canvas.Text(axis.At(Math.Max(alone, beside)) + 9, y + 4, Figures.Time(beside), color: color, size: 11);
    }
}
