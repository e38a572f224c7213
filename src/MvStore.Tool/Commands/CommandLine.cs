using System.CommandLine;
using System.CommandLine.Help;

namespace MvStore.Tool.Commands;

/// <summary>The whole command line: parses, runs, and answers with an exit code.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        Keeps a git history in a multi-version key-value store, reads it at any version, and proves it equal to git.
        Without a command it imports the repository it stands in.

        Exit codes:
          0    done
          1    verification found a difference or damage, or what was asked for does not exist
          2    the command line is wrong
          3    the store could not be used: missing, in use, damaged, of another history, over a limit
          4    git could not be used: not installed, not a repository, no commits
          70   a defect in mvstore
          130  cancelled
        """;

    private const string Name = "mvstore";
    private const string DefaultCommand = "import-git";

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="host">Where the command stands and writes.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, ToolHost host, CancellationToken cancellationToken)
    {
        var root = Create(host);
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = host.Text,
            Error = host.Error,
        };
        root.SetAction((_, token) => RunAsync([DefaultCommand, .. args], host, token));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return Refuse(parsed, host);
        }

        var code = await parsed.InvokeAsync(configuration, cancellationToken);
        await host.Text.FlushAsync(CancellationToken.None);
        return code;
    }

    private static Command Create(ToolHost host)
    {
        var shared = new SharedOptions();
        return new Command(Name, Description)
        {
            new HelpOption(),
            new VersionOption(),
            shared.Store,
            shared.Json,
            shared.Verbose,
            new ImportGitCommand(host, shared),
            new VerifyGitCommand(host, shared),
            new GetCommand(host, shared),
            new HistoryCommand(host, shared),
            new ScanCommand(host, shared),
            new DiffCommand(host, shared),
            new StatCommand(host, shared),
            new GcCommand(host, shared),
            new ExplainCommand(host, shared),
            new PinsCommand(host, shared),
            new RollbackCommand(host, shared),
            new VerifyCommand(host, shared),
            new BackupCommand(host, shared),
            new RestoreCommand(host, shared),
            new LogCommand(host, shared),
        };
    }

    private static int Refuse(ParseResult parsed, ToolHost host)
    {
        foreach (var error in parsed.Errors)
        {
            host.Error.Write($"mvstore: {Rendering.PathText.Clean(error.Message)}\n");
        }

        var command = parsed.CommandResult.Command is ToolCommand ran ? $"{Name} {ran.Name}" : Name;
        host.Error.Write($"Try '{command} --help'.\n");
        host.Error.Flush();
        return (int)ExitCode.Usage;
    }
}
