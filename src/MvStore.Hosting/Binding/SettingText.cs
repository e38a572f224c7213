using System.Globalization;

namespace MvStore.Hosting.Binding;

/// <summary>
/// Reads values of settings as configuration writes them, the same whatever the culture. Each reader throws <see cref="FormatException"/>, whose message says what is allowed. Pure.
/// </summary>
internal static class SettingText
{
    private const string Duration = "a duration, such as 00:00:10, 7.00:00:00, 250 ms, 10 s, 5 min, 2 h, 7 d or Infinite";
    private const string Size = "a number of bytes, such as 65536, 64 KiB, 256 MiB or 1 GiB";
    private const string Kind = "a kind of keys: multi, source(3) or operator(7)";

    private static readonly (string Unit, long Bytes)[] Sizes = [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("B", 1), ("", 1)];

    private static readonly (string Unit, TimeSpan Each)[] Durations =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("min", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Null for nothing, else what a reader makes of it.</summary>
    public static T? ToOptional<T>(string? text, Func<string?, T> read)
        where T : struct
        => string.IsNullOrWhiteSpace(text) ? null : read(text);

    public static bool ToFlag(string? text) => bool.TryParse(text, out var flag) ? flag : throw new FormatException("true or false");

    public static int ToCount(string? text)
        => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var count) ? count : throw new FormatException("a whole number");

    public static long ToLongCount(string? text)
        => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var count) ? count : throw new FormatException("a whole number");

    public static ulong ToUnsigned(string? text)
        => ulong.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("a whole number that is not negative");

    public static double ToFraction(string? text)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException("a number, such as 0.75");

    public static int ToSmallSize(string? text)
        => ToSize(text) is var size && size is >= int.MinValue and <= int.MaxValue ? (int)size : throw new FormatException($"{Size}, and at most {int.MaxValue}");

    public static long ToSize(string? text)
    {
        var trimmed = (text ?? string.Empty).Trim();
        foreach (var (unit, bytes) in Sizes)
        {
            if (trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && long.TryParse(trimmed[..^unit.Length].TrimEnd(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && Math.Abs((decimal)number) * bytes <= long.MaxValue)
            {
                return number * bytes;
            }
        }

        throw new FormatException(Size);
    }

    /// <summary>A bare number is refused: it would mean days, and hardly anybody means days.</summary>
    public static TimeSpan ToDuration(string? text)
    {
        var trimmed = (text ?? string.Empty).Trim();
        if (trimmed.Equals("Infinite", StringComparison.OrdinalIgnoreCase))
        {
            return Timeout.InfiniteTimeSpan;
        }

        if (trimmed.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out var duration) ? duration : throw new FormatException(Duration);
        }

        foreach (var (unit, each) in Durations)
        {
            if (trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && decimal.TryParse(trimmed[..^unit.Length].TrimEnd(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && Math.Abs(number) <= long.MaxValue / each.Ticks)
            {
                return TimeSpan.FromTicks((long)(number * each.Ticks));
            }
        }

        throw new FormatException(Duration);
    }

    public static T ToChoice<T>(string? text)
        where T : struct, Enum
        => Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.GetNames<T>().Contains(text!.Trim(), StringComparer.OrdinalIgnoreCase)
            ? choice
            : throw new FormatException($"one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>What <see cref="EntryKind.ToString"/> writes.</summary>
    public static EntryKind ToKind(string text)
    {
        if (text.Equals("multi", StringComparison.OrdinalIgnoreCase))
        {
            return EntryKind.Multi;
        }

        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open > 0 && text.EndsWith(')') && ulong.TryParse(text[(open + 1)..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            var family = text[..open];
            if (family.Equals("source", StringComparison.OrdinalIgnoreCase))
            {
                return EntryKind.Source(id);
            }

            if (family.Equals("operator", StringComparison.OrdinalIgnoreCase))
            {
                return EntryKind.Operator(id);
            }
        }

        throw new FormatException(Kind);
    }

    /// <summary>The sentence of an argument's error, without what the runtime puts behind it.</summary>
    public static string ReasonOf(ArgumentException error)
    {
        var end = error.Message.IndexOf(" (Parameter", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}
