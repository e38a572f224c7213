using Microsoft.Extensions.Logging;
using MvStore.Committing;
using MvStore.Diagnostics;
using MvStore.Flushing;

namespace MvStore;

/// <summary>The tasks that call listeners, one per listener.</summary>
internal sealed class ListenerPumps
{
    private readonly List<(string Listener, Task Pump)> _pumps = [];
    private readonly CommitFeed? _feed;

    public ListenerPumps(StoreParts parts, FlushEventHub events, CommitFeed? feed, ILogger logger)
    {
        _feed = feed;
        foreach (var listener in parts.FlushListeners)
        {
            var name = listener.GetType().Name;
            _pumps.Add((name, ListenerPump.RunAsync(events.Subscribe().Reader, listener.OnFlush, name, logger)));
        }

        if (feed is not null)
        {
            var names = string.Join(", ", parts.CommitListeners.Select(l => l.GetType().Name));
            _pumps.Add((names, ListenerPump.RunAsync(feed.Queue, commit => Deliver(parts.CommitListeners, commit, logger), names, logger)));
        }
    }

    /// <summary>Lets every pump deliver what is queued, and end.</summary>
    public void Complete() => _feed?.Complete();

    /// <summary>Waits for the pumps within a time limit; a listener that does not return is left behind and logged.</summary>
    public async Task FinishAsync(TimeSpan limit, TimeProvider time, ILogger logger)
    {
        foreach (var (listener, pump) in _pumps)
        {
            try
            {
                await pump.WaitAsync(limit, time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                Log.ListenerAbandoned(logger, listener);
            }
        }
    }

    private static void Deliver(IReadOnlyList<ICommitListener> listeners, PublishedCommit commit, ILogger logger)
    {
        foreach (var listener in listeners)
        {
            try
            {
                listener.OnPublished(commit);
            }
            catch (Exception e)
            {
                Log.ListenerFailed(logger, listener.GetType().Name, e);
            }
        }
    }
}
