using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MvStore.Tool.Watching;

/// <summary>
/// A running collection of the meters of stores in another process: its runtime sends what each instrument says, at intervals, for as long as the connection stands. Every client that
/// watches like this shares one collection in the process.
/// </summary>
internal sealed class MeterSession : IAsyncDisposable
{
    private const string Magic = "DOTNET_IPC_V1\0";
    private const string Provider = "System.Diagnostics.Metrics";
    private const int HeaderBytes = 20;
    private const byte TraceCommands = 2;
    private const byte CollectWithoutRundown = 3;
    private const byte ServerCommands = 0xFF;
    private const byte Accepted = 0;
    private const uint BufferMegabytes = 16;
    private const uint TraceFormat = 1;
    private const ulong MessagesAndValues = 3;
    private const uint Informational = 4;

    private readonly Stream _stream;

    private MeterSession(Stream stream) => _stream = stream;

    /// <summary>Begins to collect.</summary>
    /// <param name="process">The process.</param>
    /// <param name="seconds">The interval.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolException">The process cannot be watched.</exception>
    public static async Task<MeterSession> StartAsync(int process, int seconds, CancellationToken cancellationToken)
    {
        var stream = await DiagnosticsEndpoint.ConnectAsync(process, cancellationToken);
        try
        {
            await stream.WriteAsync(Request(seconds), cancellationToken);
            var header = new byte[HeaderBytes];
            await stream.ReadExactlyAsync(header, cancellationToken);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(Magic.Length));
            await stream.ReadExactlyAsync(new byte[Math.Max(0, length - HeaderBytes)], cancellationToken);
            return header[^4] == ServerCommands && header[^3] == Accepted
                ? new MeterSession(stream)
                : throw new ToolException(ExitCode.Negative, $"Process {process} refuses to be watched; it needs .NET 8 or later.");
        }
        catch (IOException e)
        {
            await stream.DisposeAsync();
            throw new ToolException(ExitCode.Negative, $"Process {process} ended while it was asked.", e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>What is collected.</summary>
    /// <exception cref="IOException">The process has ended.</exception>
    /// <exception cref="InvalidDataException">The process sends something unknown.</exception>
    public IAsyncEnumerable<TraceEvent> ReadAsync(CancellationToken cancellationToken)
        => new TraceReader(new TraceStream(new BufferedStream(_stream))).ReadAsync(cancellationToken);

    /// <summary>Ends it: the runtime stops to collect when it finds nobody at the other end.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    // "Collect": the buffer, the format, no rundown, one provider with its keywords, level, name and settings.
    private static byte[] Request(int seconds)
    {
        var settings = string.Create(
            CultureInfo.InvariantCulture,
            $"SessionId=SHARED;ClientId={Guid.NewGuid()};Metrics={MvStoreTelemetry.MeterName};RefreshInterval={seconds};MaxTimeSeries=1000;MaxHistograms=10");
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Encoding.ASCII.GetBytes(Magic));
        writer.Write((ushort)0); // the length, below
        writer.Write(TraceCommands);
        writer.Write(CollectWithoutRundown);
        writer.Write((ushort)0);
        writer.Write(BufferMegabytes);
        writer.Write(TraceFormat);
        writer.Write(false);
        writer.Write(1);
        writer.Write(MessagesAndValues);
        writer.Write(Informational);
        Write(writer, Provider);
        Write(writer, settings);
        writer.Flush();
        var request = bytes.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(Magic.Length), (ushort)request.Length);
        return request;
    }

    private static void Write(BinaryWriter writer, string text)
    {
        writer.Write(text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
    }
}
