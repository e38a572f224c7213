namespace MvStore.Tool.Commands;

/// <summary>A command whose help has examples.</summary>
internal interface IExplainedCommand
{
    /// <summary>How the command is used, a line for each way; null for nothing.</summary>
    string? Examples { get; }
}
