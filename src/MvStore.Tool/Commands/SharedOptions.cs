using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>The options every command has.</summary>
internal sealed class SharedOptions
{
    /// <summary>Which store.</summary>
    public Option<string?> Store { get; } = new Option<string?>("--store")
    {
        Description = "The store file. Default: mvstore/history.db in the git directory of the repository.",
        HelpName = "file",
        Recursive = true,
    }.NeverEmpty();

    /// <summary>One JSON document instead of text.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Write the result as one JSON document.",
        Recursive = true,
    };

    /// <summary>Stack traces.</summary>
    public Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show where an error comes from.",
        Recursive = true,
    };
}
