using System.Runtime.InteropServices;
using System.Text;
using MvStore.Tool;
using MvStore.Tool.Commands;

// The first interrupt asks the command to end: it closes the store, which makes what was committed durable. The second one kills.
using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

using var output = Console.OpenStandardOutput();
using var text = new StreamWriter(output, new UTF8Encoding(false), bufferSize: 64 * 1024) { NewLine = "\n" };
var host = new ToolHost(
    Environment.CurrentDirectory,
    output,
    Console.IsOutputRedirected ? text : Console.Out,
    !Console.IsOutputRedirected,
    Console.Error,
    !Console.IsErrorRedirected,
    TimeProvider.System);
return await CommandLine.RunAsync(args, host, interrupted.Token);

void Interrupt(PosixSignalContext context)
{
    if (!interrupted.IsCancellationRequested)
    {
        context.Cancel = true;
        interrupted.Cancel();
    }
}
