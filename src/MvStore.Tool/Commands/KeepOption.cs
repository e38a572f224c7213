using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>How much history is to be kept.</summary>
internal static class KeepOption
{
    /// <summary>A new <c>--keep</c>.</summary>
    public static Option<ulong?> Create() => new("--keep")
    {
        Description = "How many versions before the newest stay readable, 0 for the newest alone. Default: all that are readable now.",
        HelpName = "versions",
        CustomParser = static result => Numbers.Parse(result, 0, (ulong)long.MaxValue),
    };
}
