namespace MvStore.Comparisons.Reporting;

/// <summary>Maps positive values to places on a horizontal logarithmic axis.</summary>
internal sealed class LogAxis(double left, double right, double smallest, double largest)
{
    public double At(double value)
        => left + ((right - left) * Math.Log(Math.Clamp(value, smallest, largest) / smallest) / Math.Log(largest / smallest));

    /// <summary>Draws a line and a label at each tick.</summary>
    public void Draw(SvgCanvas canvas, double top, double bottom, IEnumerable<double> ticks, Func<double, string> label)
    {
        foreach (var tick in ticks.Where(t => t >= smallest && t <= largest))
        {
            canvas.Line(At(tick), top, At(tick), bottom, "#ddd");
            canvas.Text(At(tick), bottom + 16, label(tick), "middle", "#555", 11);
        }
    }
}
