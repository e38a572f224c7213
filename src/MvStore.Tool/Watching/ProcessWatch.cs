using System.Runtime.CompilerServices;

namespace MvStore.Tool.Watching;

/// <summary>Watches the stores of a process.</summary>
internal static class ProcessWatch
{
    /// <summary>What its stores say, interval by interval, until it ends. The first interval is left out: rates are known from the second on.</summary>
    /// <param name="process">The process.</param>
    /// <param name="seconds">The interval.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ToolException">The process cannot be watched, or has no store open.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<StoreReading>> ReadAsync(
        int process,
        int seconds,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var session = await MeterSession.StartAsync(process, seconds, cancellationToken);
        await using var events = session.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var readings = new MeterReadings(seconds);
        var isFirst = true;
        while (await NextAsync(process, events) is { } told)
        {
            if (readings.Take(told) is not { } stores)
            {
                continue;
            }

            if (isFirst)
            {
                isFirst = false;
                continue;
            }

            yield return stores.Count > 0 ? stores : throw new ToolException(ExitCode.Negative, $"Process {process} has no store open.");
        }
    }

    // Null when the process has ended.
    private static async ValueTask<TraceEvent?> NextAsync(int process, IAsyncEnumerator<TraceEvent> events)
    {
        try
        {
            return await events.MoveNextAsync() ? events.Current : null;
        }
        catch (InvalidDataException e)
        {
            throw new ToolException(ExitCode.Negative, $"Process {process} tells what this program does not understand: {e.Message}", e);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
