namespace MvStore.Tool.Watching;

/// <summary>What an instrument said at the end of an interval.</summary>
/// <param name="Name">The instrument.</param>
/// <param name="Tags">What tells it from others of that name, as <c>key=value</c>; empty for nothing.</param>
/// <param name="Unit">The unit, as UCUM has it.</param>
/// <param name="Value">The value; of a distribution, how many there were in the interval.</param>
/// <param name="PerSecond">How fast a count rose in the interval, or what was recorded; null for what is no count.</param>
/// <param name="Quantiles">Of a distribution, what half, 95 % and 99 % of it were at most, as the runtime writes it; otherwise empty.</param>
internal sealed record InstrumentReading(string Name, string Tags, string Unit, double Value, double? PerSecond, string Quantiles);
