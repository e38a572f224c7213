namespace MvStore.Tool.Rendering;

/// <summary>Chooses how progress is shown.</summary>
internal static class ProgressViews
{
    /// <summary>A bar for a person who watches, lines for a pipe, nothing for a script that asked for JSON.</summary>
    public static IProgressView For(ToolHost host, bool json)
        => host.ErrorIsTerminal ? new TerminalProgress(host.Error, host.Time)
            : json ? new SilentProgress()
            : new LineProgress(host.Error, host.Time);
}
