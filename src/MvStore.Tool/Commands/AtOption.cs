using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>The version to read at.</summary>
internal static class AtOption
{
    /// <summary>A new <c>--at</c>.</summary>
    public static Option<ulong?> Create() => new("--at")
    {
        Description = "The version to read at: commit number, counted from 1 at the root. Default: the newest.",
        HelpName = "version",
        CustomParser = static result => Numbers.Parse(result, 1, (ulong)long.MaxValue),
    };
}
