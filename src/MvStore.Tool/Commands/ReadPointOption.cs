using System.CommandLine;
using System.CommandLine.Parsing;
using MvStore.Tool.Storing;

namespace MvStore.Tool.Commands;

/// <summary>The version or the time to read at.</summary>
internal static class ReadPointOption
{
    /// <summary>What a time means; shown wherever one may be given.</summary>
    public const string TimeMeaning = "A time means the version that was the newest in the store then, not when git's commit was made; without Z or an offset it is local.";

    /// <summary>A new <c>--at</c>.</summary>
    /// <param name="host">Where the local time zone comes from.</param>
    public static Option<ReadPoint?> Create(ToolHost host) => new("--at")
    {
        Description = $"Where to read: a version, counted from 1 at the root, or a time such as 2026-11-23T10:00:00Z. Default: the newest. {TimeMeaning}",
        HelpName = "version|time",
        CustomParser = result => Parse(result, host),
    };

    /// <summary>Reads a point from the command line.</summary>
    /// <param name="result">The argument.</param>
    /// <param name="host">Where the local time zone comes from.</param>
    /// <returns>The point; of no meaning after an error was added.</returns>
    public static ReadPoint Parse(ArgumentResult result, ToolHost host)
    {
        if (ReadPoint.Find(result.Tokens.Count == 1 ? result.Tokens[0].Value : "", host.Time.LocalTimeZone, out var problem) is { } point)
        {
            return point;
        }

        result.AddError(problem);
        return default;
    }
}
