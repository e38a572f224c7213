using MvStore.Tool.Git;
using MvStore.Tool.Rendering;

namespace MvStore.Tool.Commands;

/// <summary>Turns whatever ends a command into an exit code and, for a failure, one sentence.</summary>
internal static class ErrorBoundary
{
    /// <summary>Runs a command.</summary>
    /// <param name="host">Where the sentence goes.</param>
    /// <param name="verbose">Whether the exception is shown as well.</param>
    /// <param name="command">The command.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ToolHost host, bool verbose, Func<Task<ExitCode>> command)
    {
        try
        {
            var code = await command();
            await host.Text.FlushAsync();
            return (int)code;
        }
        catch (Exception e)
        {
            var (code, sentence) = Explain(e);
            await host.Text.FlushAsync();
            host.Error.Write($"mvstore: {PathText.Clean(sentence)}\n");
            if (verbose)
            {
                host.Error.Write($"{e}\n");
            }

            await host.Error.FlushAsync();
            return (int)code;
        }
    }

    private static (ExitCode Code, string Sentence) Explain(Exception failure) => failure switch
    {
        ToolException e => (e.ExitCode, e.Message),
        OperationCanceledException => (ExitCode.Cancelled, "Cancelled."),
        GitException e => (ExitCode.Git, e.Message),
        MvStoreException e => (ExitCode.Store, e.Message),
        IOException or UnauthorizedAccessException => (ExitCode.Store, failure.Message),
        _ => (ExitCode.Defect, $"This is a defect in mvstore: {failure.Message} Run it again with --verbose to see where."),
    };
}
