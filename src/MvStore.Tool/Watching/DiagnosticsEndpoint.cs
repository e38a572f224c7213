using System.Globalization;
using System.IO.Pipes;
using System.Net.Sockets;

namespace MvStore.Tool.Watching;

/// <summary>Where a .NET process takes questions about itself: a socket in the directory for temporary files, on Windows a pipe.</summary>
internal static class DiagnosticsEndpoint
{
    private const int ConnectMilliseconds = 2_000;

    /// <summary>Connects to a process.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolException">It takes no questions.</exception>
    public static async Task<Stream> ConnectAsync(int process, CancellationToken cancellationToken)
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? await ConnectToPipeAsync(process, cancellationToken)
                : await ConnectToSocketAsync(process, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or TimeoutException)
        {
            throw new ToolException(
                ExitCode.Negative,
                $"Process {process} cannot be watched: it is not there, no .NET program, somebody else's, or was started with DOTNET_EnableDiagnostics=0 or another TMPDIR.",
                e);
        }
    }

    private static async Task<Stream> ConnectToPipeAsync(int process, CancellationToken cancellationToken)
    {
        var pipe = new NamedPipeClientStream(".", NameOf(process), PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(ConnectMilliseconds, cancellationToken);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> ConnectToSocketAsync(int process, CancellationToken cancellationToken)
    {
        // An earlier process of the same id may have left one behind.
        var path = Directory.EnumerateFileSystemEntries(Path.GetTempPath(), $"{NameOf(process)}-*-socket").OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault()
            ?? throw new FileNotFoundException("There is no socket of the process.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string NameOf(int process) => string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{process}");
}
