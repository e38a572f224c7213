using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>What is replayed and cannot be linked stops the store before anyone could take it for written (I9).</summary>
public sealed class CommitReplayTests : ICommitTarget, IPublicationSink
{
    private const ulong Unlinkable = 7;

    private readonly FailureLatch _failure = new();
    private readonly List<(ulong Sequence, bool HasFailed)> _published = [];

    [Fact]
    public void D3_ACommitThatCannotBeLinkedIsNotPublishedBeforeTheStoreHasFailed()
    {
        var sequencer = new CommitSequencer(new TierState(0, CommitVersion.Zero, FloorSet.None), _failure, queue: this, feed: null);
        var committer = new Committer(
            new CommitLimits(new BufferOptions()),
            new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false),
            sequencer,
            this,
            new LateCommitChecker(sequencer, new UnseenTarget()),
            new OpenGate(),
            durability: null);
        var preparer = new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false);
        var commit = preparer.Prepare(new WriteBatch().Set([1], [1]), 5);
        var next = preparer.Prepare(new WriteBatch().Set([2], [1]), 6);
        committer.BeginReplayed(commit, Unlinkable);
        committer.BeginReplayed(next, Unlinkable + 1);

        committer.ApplyReplayed(next, _failure);
        _published.Should().BeEmpty("one before it is not through");
        var apply = () => committer.ApplyReplayed(commit, _failure);

        apply.Should().Throw<InvalidOperationException>();
        _failure.Cause.Should().BeOfType<InvalidOperationException>();
        _published.Should().Equal([(Unlinkable + 1, true)], "flushing it would move the mark past the one that is missing, but a store that has failed flushes nothing");
        sequencer.Current.Sequence.Should().Be(Unlinkable + 1, "closing waits for everything that began");
    }

    void ICommitTarget.Link(PreparedCommit commit, bool fresh)
    {
        if (commit.Sequence == Unlinkable)
        {
            throw new InvalidOperationException("Injected: no memory.");
        }
    }

    void ICommitTarget.Unlink(PreparedCommit commit)
    {
    }

    void IPublicationSink.Add(PreparedCommit commit) => _published.Add((commit.Sequence, _failure.Cause is not null));
}
