using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Logging;

namespace MvStore;

/// <summary>Hands every publication to the commit log and to the flusher, in a store that has both.</summary>
internal sealed class LoggedPublications(LogQueue log, FlushQueue flush) : IPublicationSink
{
    public void Add(PreparedCommit commit)
    {
        log.Add(commit);
        flush.Add(commit);
    }
}
