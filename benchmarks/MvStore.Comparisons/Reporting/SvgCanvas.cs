using System.Globalization;
using System.Security;
using System.Text;

namespace MvStore.Comparisons.Reporting;

/// <summary>Draws an SVG picture, on white so that it reads on any page.</summary>
internal sealed class SvgCanvas(int width, int height)
{
    private readonly StringBuilder _shapes = new();

    public void Text(double x, double y, string text, string anchor = "start", string color = "#222", int size = 12, bool isBold = false)
    {
        var weight = isBold ? "bold" : "normal";
        Add($"""<text {Place("x", x, "y", y)} text-anchor="{anchor}" fill="{color}" font-size="{size}" font-weight="{weight}">""");
        Add($"{SecurityElement.Escape(text)}</text>");
    }

    public void Line(double x1, double y1, double x2, double y2, string color, double width = 1)
        => Add($"""<line {Place("x1", x1, "y1", y1)} {Place("x2", x2, "y2", y2)} stroke="{color}" stroke-width="{Number(width)}"/>""");

    public void Bar(double x, double y, double width, double height, string color)
        => Add($"""<rect {Place("x", x, "y", y)} {Place("width", Math.Max(width, 1), "height", height)} fill="{color}"/>""");

    public void Dot(double x, double y, string color, bool isHollow)
    {
        var fill = isHollow ? "#fff" : color;
        Add($"""<circle {Place("cx", x, "cy", y)} r="4" stroke="{color}" stroke-width="1.5" fill="{fill}"/>""");
    }

    public override string ToString() => $"""
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"
            font-family="DejaVu Sans, Verdana, sans-serif">
        <rect width="{width}" height="{height}" fill="#fff"/>
        {_shapes}</svg>

        """;

    private void Add(string shape) => _shapes.AppendLine(shape);

    private static string Place(string first, double firstValue, string second, double secondValue)
        => $"{first}=\"{Number(firstValue)}\" {second}=\"{Number(secondValue)}\"";

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
