using System.Collections.Concurrent;
using System.Threading.Channels;
using MvStore.Committing;
using MvStore.Contracts;

namespace MvStore;

/// <summary>
/// Links replayed commits on several threads while the next ones are read (DESIGN.md 9, Opening). They have begun in their order, so they are published in it, whoever is
/// ready first (I1). One thread hands over.
/// </summary>
internal sealed class ReplayWorkers : IAsyncDisposable
{
    private const int Most = 4;
    private const int GroupsEach = 2;

    private readonly Committer _committer;
    private readonly FailureLatch _failure;
    private readonly Channel<ReplayGroup> _handedOver = Channel.CreateUnbounded<ReplayGroup>(new UnboundedChannelOptions { SingleWriter = true });
    private readonly ConcurrentBag<ReplayGroup> _spare = [];
    private readonly SemaphoreSlim _places; // One for each group that is being filled or linked.
    private readonly int _placeCount;
    private readonly long _groupBytes;
    private readonly Task[] _workers;

    // Bytes handed over and not linked. Interlocked; who hands over reads.
    private long _onTheWay;

    /// <param name="committer">Links and publishes.</param>
    /// <param name="failure">The store's first failure.</param>
    /// <param name="memoryStep">The bytes by which memory may grow between two looks at it, about.</param>
    public ReplayWorkers(Committer committer, FailureLatch failure, long memoryStep)
    {
        _committer = committer;
        _failure = failure;
        var count = Math.Clamp(Environment.ProcessorCount - 1, 1, Most);
        _placeCount = count * GroupsEach;
        _places = new SemaphoreSlim(_placeCount);
        _groupBytes = memoryStep / _placeCount;
        _workers = [.. Enumerable.Range(0, count).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>Bytes of keys and values that were handed over, and do not count as memory yet.</summary>
    public long BytesOnTheWay => Volatile.Read(ref _onTheWay);

    /// <summary>A group to fill; waits until few enough are on their way. To be handed over, even if nothing was added.</summary>
    /// <exception cref="StoreFailedException">A commit could not be linked.</exception>
    public async ValueTask<ReplayGroup> BeginGroupAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_failure.Cause is not null)
        {
            _places.Release();
            _failure.ThrowIfSet();
        }

        return _spare.TryTake(out var spare) ? spare : new ReplayGroup(_groupBytes);
    }

    /// <summary>Hands a group over.</summary>
    public void HandOver(ReplayGroup group)
    {
        Interlocked.Add(ref _onTheWay, group.Bytes);
        _handedOver.Writer.TryWrite(group);
    }

    /// <summary>Waits until everything handed over is published; no group may be being filled.</summary>
    /// <exception cref="StoreFailedException">A commit could not be linked.</exception>
    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        var taken = 0;
        try
        {
            for (; taken < _placeCount; taken++)
            {
                await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (taken > 0)
            {
                _places.Release(taken);
            }
        }

        _failure.ThrowIfSet();
    }

    /// <summary>Waits for those that link, and ends them.</summary>
    public async ValueTask DisposeAsync()
    {
        _handedOver.Writer.TryComplete();
        await Task.WhenAll(_workers).ConfigureAwait(false);
        _places.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var group in _handedOver.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            Apply(group);
            Interlocked.Add(ref _onTheWay, -group.Bytes);
            group.Clear();
            _spare.Add(group);
            _places.Release();
        }
    }

    // What has begun must be completed, also behind a failure, or closing would wait for it.
    private void Apply(ReplayGroup group)
    {
        foreach (var commit in group.Commits)
        {
            try
            {
                _committer.ApplyReplayed(commit, _failure);
            }
            catch (Exception e)
            {
                // Set already, before the commit was published as a no-op; kept, and thrown to whoever drains.
                _failure.TrySet(e);
            }
        }
    }
}
