using System.Globalization;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Storing;

/// <summary>Where to read: a version, or a time of day at which one was the newest.</summary>
/// <param name="Version">The version; null if a time was given.</param>
/// <param name="Time">The time, in the offset it was given in; null if a version was given.</param>
internal readonly record struct ReadPoint(ulong? Version, DateTimeOffset? Time)
{
    private static readonly string[] Formats = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];

    /// <summary>The length of an offset such as <c>+02:00</c>.</summary>
    private const int OffsetLength = 6;

    /// <summary>Reads one. A time without an offset is one of the local time zone.</summary>
    /// <param name="text">A whole number, or a date, alone or with a time of day, with <c>Z</c>, an offset or neither behind it.</param>
    /// <param name="zone">The local time zone.</param>
    /// <param name="problem">What is wrong with the text.</param>
    /// <returns>The point; null if the text is none.</returns>
    public static ReadPoint? Find(string text, TimeZoneInfo zone, out string problem)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            problem = $"'{text}' is not a version: versions are whole numbers from 1 to {long.MaxValue}.";
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version is > 0 and <= long.MaxValue
                ? new ReadPoint(version, null)
                : null;
        }

        return FindTime(text, zone, out problem) is { } time ? new ReadPoint(null, time) : null;
    }

    /// <summary>The point as text, such as <c>12</c> or <c>2026-11-23 10:00:00 +0000</c>.</summary>
    public override string ToString() => Version is { } version ? version.ToString(CultureInfo.InvariantCulture) : Figures.Moment(Time);

    private static DateTimeOffset? FindTime(string text, TimeZoneInfo zone, out string problem)
    {
        problem = $"'{text}' is neither a version, a whole number from 1, nor a time such as 2026-11-23T10:00:00Z.";
        TimeSpan? offset = null;
        var clock = text;
        if (text.EndsWith('Z'))
        {
            (offset, clock) = (TimeSpan.Zero, text[..^1]);
        }
        else if (text.Length > OffsetLength && text[^OffsetLength] is '+' or '-'
            && TimeSpan.TryParseExact(text[^(OffsetLength - 1)..], "hh\\:mm", CultureInfo.InvariantCulture, out var shift))
        {
            (offset, clock) = (text[^OffsetLength] == '-' ? -shift : shift, text[..^OffsetLength]);
        }

        if (!DateTime.TryParseExact(clock.Replace(' ', 'T'), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment))
        {
            return null;
        }

        return offset is { } known ? WithOffset(moment, known) : InZone(text, moment, zone, ref problem);
    }

    private static DateTimeOffset? InZone(string text, DateTime moment, TimeZoneInfo zone, ref string problem)
    {
        if (zone.IsInvalidTime(moment))
        {
            problem = $"'{text}' was left out by the clocks of the local time zone; give an offset, as in 2026-11-23T10:00:00+02:00.";
            return null;
        }

        if (zone.IsAmbiguousTime(moment))
        {
            problem = $"'{text}' was shown twice by the clocks of the local time zone; give an offset, as in 2026-11-23T10:00:00+02:00.";
            return null;
        }

        return WithOffset(moment, zone.GetUtcOffset(moment));
    }

    // Null for what no calendar has: an offset of more than 14 hours, or a time before the year 1 in UTC.
    private static DateTimeOffset? WithOffset(DateTime moment, TimeSpan offset)
    {
        try
        {
            return new DateTimeOffset(moment, offset);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
