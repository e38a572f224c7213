using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>Groups what can be done with a commit log.</summary>
internal sealed class LogCommand : Command, IExplainedCommand
{
    public LogCommand(ToolHost host, SharedOptions shared)
        : base("log", "Look at the commit log of a store. Changes nothing.")
    {
        Add(new LogDumpCommand(host, shared));
        Add(new LogVerifyCommand(host, shared));
    }

    /// <inheritdoc/>
    public string Examples
        => """
              mvstore log dump      the commits in the log of the repository's store
              mvstore log verify    check that log
            """;
}
