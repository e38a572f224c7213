using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>The queue of commits in flight: order, waiters, and what is kept of a commit that is through.</summary>
public sealed class CommitSequencerTests
{
    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);

    [Fact]
    public async Task I1_ACommitBehindOneThatIsLinkingIsPublishedWithIt()
    {
        var sequencer = NewSequencer();
        var commits = Begin(sequencer, 10, 20, 30, 40);

        var second = sequencer.Finish(commits[1]);
        var third = sequencer.Finish(commits[2], aborted: true);
        second.IsCompleted.Should().BeFalse();
        third.IsCompleted.Should().BeFalse();
        sequencer.Current.Sequence.Should().Be(0);

        sequencer.Finish(commits[0]).IsCompletedSuccessfully.Should().BeTrue();
        await Task.WhenAll(second, third).Guarded();
        sequencer.Current.Should().Be(new Publication(3, 20, 20, 0));
        sequencer.Finish(commits[3]).IsCompletedSuccessfully.Should().BeTrue();
        commits.Should().OnlyContain(c => c.Next == null, "a commit that waits to be flushed must not keep those behind it");
    }

    [Fact]
    public async Task A4_AnAnnouncedCommitWaitsForEveryCommitInFlightAtItsVersion()
    {
        var sequencer = NewSequencer();
        var fresh = Begin(sequencer, 10)[0];
        var late = Prepare(10);
        sequencer.TryBegin(late).Should().BeFalse("the version is in flight");
        var waiting = sequencer.Announce(late);
        waiting.IsCompleted.Should().BeFalse();
        sequencer.TryBegin(Prepare(10)).Should().BeFalse("the version is announced");

        _ = sequencer.Finish(fresh);
        await waiting.Guarded();
        sequencer.BeginAnnounced(late);
        late.IsFresh.Should().BeFalse();
        await sequencer.Finish(late).Guarded();
        sequencer.Current.Should().Be(new Publication(2, 10, 10, 2));
    }

    [Fact]
    public async Task I53_WhatWasCopiedForListenersAndThoseWhoFollowIsNotKeptByACommitThatWaitsToBeFlushed()
    {
        var recovered = new TierState(0, CommitVersion.Zero, FloorSet.None);
        var changes = new ChangeTracker(recovered, []);
        var sequencer = new CommitSequencer(recovered, new FailureLatch(), queue: null, feed: null, changes: changes);
        var preparer = new CommitPreparer(classifier: null, keepsRows: true, keepsDeltas: true);
        changes.Tail.TryFollow(changes.Tail.CreateRing()).Should().BeTrue();
        var commit = preparer.Prepare(new WriteBatch().Set("a", "1"), 10);
        sequencer.TryBegin(commit).Should().BeTrue();
        commit.Deltas.Should().ContainSingle();
        commit.Ring!.Fill(commit, commit.RingStart);
        await sequencer.Finish(commit).Guarded();
        changes.Tail.ReadAfter(0, 10).Should().ContainSingle().Which.Changes.Should().ContainSingle();
        commit.Deltas.Should().BeEmpty();
        commit.Ring.Should().BeNull();
    }

    [Fact]
    public async Task I50_WhatIsPublishedBehindACommitThatFailsIsKeptAndTold()
    {
        var recovered = new TierState(0, CommitVersion.Zero, FloorSet.None);
        var changes = new ChangeTracker(recovered, []);
        var sequencer = new CommitSequencer(recovered, new FailureLatch(), queue: null, feed: null, changes: changes);
        changes.Tail.TryFollow(changes.Tail.CreateRing()).Should().BeTrue();
        InFlightCommit[] commits = [.. new ulong[] { 10, 20, 30 }.Select(version => _preparer.Prepare(new WriteBatch().Set("a", "1"), version))];
        foreach (var commit in commits)
        {
            sequencer.TryBegin(commit).Should().BeTrue();
            commit.Ring!.Fill(commit, commit.RingStart);
        }

        var news = changes.Tail.Next();
        var third = sequencer.Finish(commits[2]);
        var second = sequencer.Finish(commits[1], aborted: true);
        changes.Tail.ReadAfter(0, 10).Should().BeEmpty("the first is not published");
        _ = sequencer.Finish(commits[0]);
        await Task.WhenAll(second, third).Guarded();
        changes.Tail.ReadAfter(0, 10).Select(c => c.Sequence).Should().Equal(1, 3);
        commits.Should().OnlyContain(c => c.Ring == null);
        news.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task D9_ClosingWaitsForTheLastCommitInFlight()
    {
        var sequencer = NewSequencer();
        var commits = Begin(sequencer, 10, 20);
        var closed = sequencer.CloseAsync();
        _ = sequencer.Finish(commits[1]);
        closed.IsCompleted.Should().BeFalse();
        sequencer.Invoking(s => s.TryBegin(Prepare(30))).Should().Throw<ObjectDisposedException>();

        _ = sequencer.Finish(commits[0]);
        await closed.Guarded();
    }

    /// <summary>
    /// Real threads begin and finish commits at versions that arrive out of order. Whoever got an answer is published; each was handed on once, in order of
    /// publication; and the visible version is exact when nothing is in flight.
    /// </summary>
    [Fact]
    public async Task I1_CommitsOfManyThreadsArePublishedOnceAndInOrder()
    {
        const int threads = 6;
        const int perThread = 3_000;
        var handedOn = new SequenceRecorder();
        var sequencer = NewSequencer(handedOn);
        var begun = 0;
        await Crowd.RunAsync([.. Enumerable.Range(0, threads).Select<int, Func<Task>>(thread => () => CommitAsync(thread))]);

        sequencer.Current.Sequence.Should().Be((ulong)begun);
        sequencer.Current.Visible.Should().Be(sequencer.Current.Highest);
        handedOn.Sequences.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        sequencer.CloseAsync().IsCompletedSuccessfully.Should().BeTrue();

        async Task CommitAsync(int thread)
        {
            var random = new Random(thread);
            for (var i = 0; i < perThread; i++)
            {
                var commit = Prepare((ulong)((i * threads) + random.Next(threads * 3) + 1));
                if (!sequencer.TryBegin(commit))
                {
                    continue;
                }

                Interlocked.Increment(ref begun);
                if (random.Next(50) == 0)
                {
                    // Others get ahead, so that they have to wait.
                    await Task.Yield();
                }

                await sequencer.Finish(commit, aborted: random.Next(20) == 0);
                if (sequencer.Current.Sequence < commit.Sequence)
                {
                    throw new InvalidOperationException($"Publication {commit.Sequence} was acknowledged too early.");
                }
            }
        }
    }

    private static CommitSequencer NewSequencer(IPublicationSink? sink = null)
        => new(new TierState(0, CommitVersion.Zero, FloorSet.None), new FailureLatch(), sink, feed: null);

    private InFlightCommit Prepare(ulong version) => _preparer.Prepare(new WriteBatch(), version);

    private InFlightCommit[] Begin(CommitSequencer sequencer, params ulong[] versions)
        =>
        [
            .. versions.Select(version =>
            {
                var commit = Prepare(version);
                sequencer.TryBegin(commit).Should().BeTrue();
                return commit;
            }),
        ];

    private sealed class SequenceRecorder : IPublicationSink
    {
        // Owned by the sequencer's critical section; read when all is over.
        public List<ulong> Sequences { get; } = [];

        public void Add(PreparedCommit commit) => Sequences.Add(commit.Sequence);
    }
}
