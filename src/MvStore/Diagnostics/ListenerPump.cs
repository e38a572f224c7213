using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace MvStore.Diagnostics;

/// <summary>
/// Hands queued items to one listener, one at a time, on a thread of its own: a listener that blocks must not take a thread from the pool, which
/// the flusher needs (contract D7). What the listener throws is logged and harms nobody.
/// </summary>
internal static class ListenerPump
{
    /// <summary>Runs until the queue is completed and empty.</summary>
    /// <param name="queue">The items.</param>
    /// <param name="deliver">Calls the listener.</param>
    /// <param name="listener">The listener's name, for the log.</param>
    /// <param name="logger">Where failures go.</param>
    public static Task RunAsync<T>(ChannelReader<T> queue, Action<T> deliver, string listener, ILogger logger)
        => Task.Factory.StartNew(
            () => Run(queue, deliver, listener, logger),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private static void Run<T>(ChannelReader<T> queue, Action<T> deliver, string listener, ILogger logger)
    {
        while (queue.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (queue.TryRead(out var item))
            {
                try
                {
                    deliver(item);
                }
                catch (Exception e)
                {
                    Log.ListenerFailed(logger, listener, e);
                }
            }
        }
    }
}
