using System.Globalization;

namespace MvStore.Tool.Rendering;

/// <summary>Numbers for people, the same in every language.</summary>
internal static class Figures
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>A count, as in <c>12,345</c>.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count, as in <c>12,345</c>.</summary>
    public static string Count(ulong count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A size, as in <c>1.5 MiB</c>.</summary>
    public static string Size(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} {Units[0]}")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {Units[unit]}");
    }

    /// <summary>A span of time on a clock, as in <c>1:02:03</c> or <c>0:07</c>.</summary>
    public static string Clock(TimeSpan span)
    {
        var seconds = (long)Math.Ceiling(span.TotalSeconds);
        return seconds >= 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
    }

    /// <summary>A span of time that was measured, as in <c>0.42 s</c>.</summary>
    public static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.00} s");

    /// <summary>A moment in its own offset, as in <c>2026-01-31 12:00:00 +0100</c>.</summary>
    public static string Moment(DateTimeOffset? moment)
        => moment is { } known
            ? known.ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture)
                + known.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal)
            : "unknown";
}
