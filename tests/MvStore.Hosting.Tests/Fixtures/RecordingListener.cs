namespace MvStore.Hosting.Tests.Fixtures;

/// <summary>Listens to everything, has the store injected that it listens to, and notices calls after it was disposed. Safe from any thread.</summary>
internal sealed class RecordingListener(IMultiVersionStore store) : ICommitListener, IFlushListener, IDisposable
{
    private readonly object _gate = new();
    private readonly List<CommitVersion> _published = [];
    private bool _disposed;

    /// <summary>The store that was injected.</summary>
    public IMultiVersionStore Store { get; } = store;

    /// <summary>Versions of the commits it was told of.</summary>
    public IReadOnlyList<CommitVersion> Published
    {
        get
        {
            lock (_gate)
            {
                return [.. _published];
            }
        }
    }

    /// <summary>Flushes it was told the end of.</summary>
    public int Flushes { get; private set; }

    /// <summary>Calls that came after it was disposed.</summary>
    public int LateCalls { get; private set; }

    public void OnPublished(PublishedCommit commit)
    {
        lock (_gate)
        {
            _published.Add(commit.Version);
            LateCalls += _disposed ? 1 : 0;
        }
    }

    public void OnFlush(FlushEvent flushEvent)
    {
        lock (_gate)
        {
            Flushes += flushEvent.Stage == FlushStage.Completed ? 1 : 0;
            LateCalls += _disposed ? 1 : 0;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }
    }
}
