namespace MvStore.Tool;

/// <summary>Ends a command with one readable sentence and an exit code.</summary>
internal sealed class ToolException(ExitCode exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the process returns.</summary>
    public ExitCode ExitCode { get; } = exitCode;
}
