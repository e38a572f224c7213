using System.Globalization;
using MvStore.Workloads.Running;

namespace MvStore.Workloads.Reporting;

/// <summary>Writes figures for people: three digits that count, and a unit.</summary>
public static class Figures
{
    public const string Missing = "–";

    /// <summary>A rate or a count: 12.3 M, 456 k, 78.</summary>
    public static string Count(double value) => Math.Abs(value) switch
    {
        >= 1e9 => ThreeDigits(value / 1e9) + " G",
        >= 1e6 => ThreeDigits(value / 1e6) + " M",
        >= 1e3 => ThreeDigits(value / 1e3) + " k",
        _ => ThreeDigits(value),
    };

    /// <summary>A time in nanoseconds: 850 ns, 1.23 us, 13.7 ms.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        >= 1e9 => ThreeDigits(nanoseconds / 1e9) + " s",
        >= 1e6 => ThreeDigits(nanoseconds / 1e6) + " ms",
        >= 1e3 => ThreeDigits(nanoseconds / 1e3) + " us",
        _ => ThreeDigits(nanoseconds) + " ns",
    };

    public static string Ratio(double? ratio) => ratio is { } value ? ThreeDigits(value) : Missing;

    /// <summary>Median and, in brackets, smallest and largest.</summary>
    public static string WithRange(Series? series, Func<double, string> format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return series is null ? Missing : $"{format(series.Median)} ({format(series.Min)}..{format(series.Max)})";
    }

    public static string ThreeDigits(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
