using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>A command that looks at one commit log.</summary>
internal abstract class OneLogCommand : ToolCommand
{
    private readonly Argument<string?> _directory = new("directory")
    {
        Description = "The directory of the log. Default: that of the store.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    protected OneLogCommand(string name, string summary, ToolHost host, SharedOptions shared)
        : base(name, summary, host, shared)
        => Add(_directory.NeverEmpty());

    /// <summary>The directory of the log.</summary>
    protected async Task<string> FindLogAsync(ParseResult parsed, CancellationToken cancellationToken)
        => parsed.GetValue(_directory) is { Length: > 0 } named
            ? Host.Absolute(named)
            : (await FindStoreAsync(parsed, cancellationToken)).LogDirectory;
}
