using System.CommandLine;

namespace MvStore.Tool.Commands;

/// <summary>Groups what can be done with a commit log.</summary>
internal sealed class LogCommand : Command
{
    public LogCommand(ToolHost host, SharedOptions shared)
        : base("log", "Look at the commit log of a store. Changes nothing.")
    {
        Add(new LogDumpCommand(host, shared));
        Add(new LogVerifyCommand(host, shared));
    }
}
