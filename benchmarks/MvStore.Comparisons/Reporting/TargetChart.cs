using System.Globalization;
using MvStore.Workloads.Reporting;
using MvStore.Workloads.Running;

namespace MvStore.Comparisons.Reporting;

/// <summary>A bar for each target: to the right of the line it is reached, to the left it is missed by that factor.</summary>
internal static class TargetChart
{
    private const int Width = 900;
    private const int Left = 350;
    private const int Right = 770;
    private const int Top = 50;
    private const int RowHeight = 22;
    private const int BarHeight = 14;
    private const string Title = "MvStore against its targets: share of the target that is reached (log scale)";
    private const string Reached = "#2a7f62";
    private const string Missed = "#c8553d";
    private static readonly double[] Ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

    public static string Draw(RunOutcome outcome)
    {
        var rows = TargetCatalog.All
            .Select(target => (Target: target, Value: target.Measure(outcome)))
            .Where(row => row.Value > 0)
            .ToArray();
        var bottom = Top + (rows.Length * RowHeight);
        var canvas = new SvgCanvas(Width, bottom + 40);
        canvas.Text(Width / 2.0, 22, Title, "middle", size: 14, isBold: true);

        var axis = new LogAxis(Left, Right, Ticks[0], Ticks[^1]);
        axis.Draw(canvas, Top - 6, bottom, Ticks, tick => tick.ToString(CultureInfo.InvariantCulture));
        for (var i = 0; i < rows.Length; i++)
        {
            DrawRow(canvas, axis, rows[i].Target, rows[i].Value!.Value, Top + (i * RowHeight));
        }

        canvas.Line(axis.At(1), Top - 6, axis.At(1), bottom, "#222", 1.5);
        canvas.Text(axis.At(1), Top - 12, "target", "middle", size: 11);
        return canvas.ToString();
    }

    private static void DrawRow(SvgCanvas canvas, LogAxis axis, Target target, double value, double y)
    {
        var (end, start) = (axis.At(target.ScoreOf(value)), axis.At(1));
        var namesWorkload = target.Wording.StartsWith(target.Workload, StringComparison.Ordinal);
        var label = namesWorkload ? target.Wording : $"{target.Workload}: {target.Wording}";
        canvas.Text(Left - 10, y + BarHeight, label, "end", size: 11);
        canvas.Bar(Math.Min(start, end), y + 3, Math.Abs(end - start), BarHeight, target.IsReachedBy(value) ? Reached : Missed);
        canvas.Text(Right + 10, y + BarHeight, $"{Figures.ThreeDigits(value)}  ({target.LimitText})", size: 11);
    }
}
