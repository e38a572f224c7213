using System.Text;
using MvStore.Tool.Commands;

namespace MvStore.Tool.Tests.Fixtures;

/// <summary>Runs the command inside the test, with pipes for output.</summary>
internal static class InProcess
{
    public static Task<ToolResult> RunAsync(string directory, params string[] args) => RunAsync(directory, default, args);

    public static Task<ToolResult> RunAsync(string directory, CancellationToken cancellationToken, params string[] args)
        => RunAsync(directory, TimeProvider.System, cancellationToken, args);

    public static async Task<ToolResult> RunAsync(string directory, TimeProvider time, CancellationToken cancellationToken, params string[] args)
    {
        using var output = new MemoryStream();
        await using var text = new StreamWriter(output, new UTF8Encoding(false)) { NewLine = "\n" };
        var error = new StringWriter();
        var host = new ToolHost(directory, output, text, false, error, false, time);
        var code = await CommandLine.RunAsync(args, host, cancellationToken);
        return new ToolResult(code, output.ToArray(), error.ToString());
    }
}
