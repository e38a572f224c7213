using System.Threading.Channels;

namespace MvStore.Tests.Fixtures;

/// <summary>Keeps the commits it is told of until a test takes them.</summary>
public sealed class CommitRecorder : ICommitListener
{
    private readonly Channel<PublishedCommit> _commits = Channel.CreateUnbounded<PublishedCommit>();

    /// <inheritdoc/>
    public void OnPublished(PublishedCommit commit) => _commits.Writer.TryWrite(commit);

    /// <summary>The next commits, as soon as there are so many.</summary>
    public async Task<IReadOnlyList<PublishedCommit>> TakeAsync(int count)
    {
        var taken = new List<PublishedCommit>();
        while (taken.Count < count)
        {
            taken.Add(await _commits.Reader.ReadAsync());
        }

        return taken;
    }
}
