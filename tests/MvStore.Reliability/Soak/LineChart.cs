using System.Globalization;
using System.Security;
using System.Text;

namespace MvStore.Reliability.Soak;

/// <summary>Draws figures over time, as an SVG picture on white.</summary>
internal static class LineChart
{
    private const int Width = 900;
    private const int Height = 260;
    private const int Left = 70;
    private const int Right = 880;
    private const int Top = 50;
    private const int Bottom = 225;
    private const int MostPoints = 800;
    private const int Lines = 4;
    private static readonly string[] Colors = ["#3b6ea5", "#c8553d", "#2a7f62", "#7a4f9a"];

    /// <summary>Draws one chart.</summary>
    /// <param name="title">What it shows, with the unit.</param>
    /// <param name="samples">In order of time; at least two.</param>
    /// <param name="lines">What is drawn, with a name for each.</param>
    public static string Draw(string title, IReadOnlyList<SoakSample> samples, params IReadOnlyList<(string Name, Func<SoakSample, double> Figure)> lines)
    {
        var shapes = new StringBuilder();
        var (begin, end) = (samples[0].Time.TotalMinutes, samples[^1].Time.TotalMinutes);
        var drawn = samples.Chunk((samples.Count + MostPoints - 1) / MostPoints).ToArray();
        var top = Math.Max(1e-9, lines.Max(line => samples.Max(line.Figure)) * 1.05);
        Text(shapes, Left, 20, title, "start", "#222", 14);
        for (var i = 0; i <= Lines; i++)
        {
            var y = At(i, 0, Lines, Bottom, Top);
            shapes.AppendLine(Invariant($"""<line x1="{Left}" y1="{y:0.#}" x2="{Right}" y2="{y:0.#}" stroke="#ddd"/>"""));
            Text(shapes, Left - 8, y + 4, Number(top * i / Lines), "end", "#555", 11);
            var minutes = begin + ((end - begin) * i / Lines);
            Text(shapes, At(i, 0, Lines, Left, Right), Bottom + 18, Invariant($"{minutes:0.#} min"), "middle", "#555", 11);
        }

        for (var i = 0; i < lines.Count; i++)
        {
            // Of samples that share a place the highest.
            var points = drawn.Select(d => Invariant(
                $"{At(d[0].Time.TotalMinutes, begin, end, Left, Right):0.#},{At(d.Max(lines[i].Figure), 0, top, Bottom, Top):0.#}"));
            shapes.AppendLine(Invariant($"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="{Colors[i]}" stroke-width="1.3"/>"""));
            Text(shapes, Left + (i * 200), 40, lines[i].Name, "start", Colors[i], 11);
        }

        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" width="{Width}" height="{Height}" font-family="DejaVu Sans, Verdana, sans-serif">
            <rect width="{Width}" height="{Height}" fill="#fff"/>
            {shapes}</svg>

            """;
    }

    private static double At(double value, double first, double last, double left, double right)
        => last <= first ? left : left + ((right - left) * (value - first) / (last - first));

    private static void Text(StringBuilder shapes, double x, double y, string text, string anchor, string color, int size)
        => shapes.AppendLine(Invariant($"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" fill="{color}" font-size="{size}">{SecurityElement.Escape(text)}</text>"""));

    private static string Number(double value) => value.ToString(value < 10 ? "0.##" : "0", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
