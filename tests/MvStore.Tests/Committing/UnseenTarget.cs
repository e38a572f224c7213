using MvStore.Contracts;

namespace MvStore.Tests.Committing;

/// <summary>A buffer that keeps nothing, so that the way there can be looked at alone.</summary>
internal sealed class UnseenTarget(Action<PreparedCommit>? linking = null) : ICommitTarget, IVersionLookup
{
    public void Link(PreparedCommit commit, bool fresh) => linking?.Invoke(commit);

    public void Unlink(PreparedCommit commit)
    {
        // Nothing was linked.
    }

    public ValueTask<TierRow?[]> FindManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, TierView view, CancellationToken cancellationToken)
        => new(new TierRow?[keys.Count]);
}
