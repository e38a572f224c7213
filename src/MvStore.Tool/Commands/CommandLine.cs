using System.CommandLine;
using System.CommandLine.Help;

namespace MvStore.Tool.Commands;

/// <summary>The whole command line: parses, runs, and answers with an exit code.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        Keeps a git history in a multi-version key-value store, reads it at any version, and proves it equal to git.
        Looks after stores of any program. Without a command it imports the repository it stands in.

        Examples:
          mvstore                                     import the repository it stands in
          mvstore get src/Program.cs --at 100         a file as it was at the 100th commit
          mvstore stat --store shop.db                what any store holds
          mvstore top 1234                            watch the stores of a running process
          mvstore completions bash                    a script that completes command lines

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
        if (parsed.Action is not HelpAction && UsageMistake.Find(parsed) is { } mistake)
        {
            return Refuse(mistake, host);
        }

        var code = await parsed.InvokeAsync(configuration, cancellationToken);
        if (parsed.Action is HelpAction)
        {
            WriteExamples(parsed.CommandResult.Command, host);
        }

        await host.Text.FlushAsync(CancellationToken.None);
        return code;
    }

    /// <summary>Every command there is, below the program itself.</summary>
    public static Command Create(ToolHost host)
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
            new ChangesCommand(host, shared),
            new StatCommand(host, shared),
            new GcCommand(host, shared),
            new ExplainCommand(host, shared),
            new PinsCommand(host, shared),
            new RollbackCommand(host, shared),
            new VerifyCommand(host, shared),
            new BackupCommand(host, shared),
            new RestoreCommand(host, shared),
            new LogCommand(host, shared),
            new BenchCommand(host, shared),
            new TopCommand(host, shared),
            new CompletionsCommand(host, shared),
        };
    }

    private static void WriteExamples(Command command, ToolHost host)
    {
        if (command is IExplainedCommand { Examples: { } examples })
        {
            host.Text.WriteLine("Examples:");
            host.Text.WriteLine(examples);
            host.Text.WriteLine();
            host.Text.WriteLine($"Exit codes: see '{Name} --help'.");
        }
    }

    private static int Refuse(string mistake, ToolHost host)
    {
        host.Error.Write($"mvstore: {Rendering.PathText.Clean(mistake)}\n");
        host.Error.Flush();
        return (int)ExitCode.Usage;
    }
}
