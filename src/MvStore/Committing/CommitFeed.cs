using System.Threading.Channels;
using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>Hands published commits to listeners in publication order. Its queue is unbounded: a pre-image must not be lost (contract A1).</summary>
internal sealed class CommitFeed : IPublicationSink
{
    private readonly Channel<PublishedCommit> _queue = Channel.CreateUnbounded<PublishedCommit>(new UnboundedChannelOptions
    {
        SingleReader = true,
        SingleWriter = true,
    });

    /// <summary>What is to be delivered.</summary>
    public ChannelReader<PublishedCommit> Queue => _queue.Reader;

    public void Add(PreparedCommit commit)
        => _queue.Writer.TryWrite(new PublishedCommit(commit.Version, commit.Sequence, commit.Deltas));

    /// <summary>Ends the feed; what is queued is still delivered.</summary>
    public void Complete() => _queue.Writer.TryComplete();
}
