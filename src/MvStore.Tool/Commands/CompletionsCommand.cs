using System.CommandLine;
using System.CommandLine.Parsing;
using MvStore.Tool.Completing;

namespace MvStore.Tool.Commands;

/// <summary>Writes the script that makes a shell complete command lines of this program.</summary>
internal sealed class CompletionsCommand : ToolCommand
{
    private const string Summary =
        """
        Write a script that completes command lines of mvstore in a shell: bash, zsh or fish.

        Examples:
          mvstore completions bash     put  eval "$(mvstore completions bash)"  into ~/.bashrc
          mvstore completions zsh      put  eval "$(mvstore completions zsh)"   into ~/.zshrc, behind compinit
          mvstore completions fish     write it to ~/.config/fish/completions/mvstore.fish
        """;

    private readonly Argument<Shell> _shell = new("shell") { Description = "The shell: bash, zsh or fish.", CustomParser = Parse };

    public CompletionsCommand(ToolHost host, SharedOptions shared)
        : base("completions", Summary, host, shared)
        => Add(_shell);

    /// <inheritdoc/>
    protected override Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var tree = CompletionTree.Of(parsed.RootCommandResult.Command);
        Host.Text.Write(parsed.GetValue(_shell) switch
        {
            Shell.Zsh => ZshScript.Write(tree),
            Shell.Fish => FishScript.Write(tree),
            _ => BashScript.Write(tree),
        });
        return Task.FromResult(ExitCode.Ok);
    }

    private static Shell Parse(ArgumentResult result)
    {
        var name = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        foreach (var shell in Enum.GetValues<Shell>())
        {
            if (name.Equals(shell.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return shell;
            }
        }

        result.AddError($"'{name}' is not a shell that is known here: bash, zsh or fish.");
        return default;
    }
}
