using MvStore.Committing;
using MvStore.Contracts;

namespace MvStore.Tests.Committing;

/// <summary>Who is told of a publication, of what, and when: the queue before anybody can see it, listeners afterwards.</summary>
public sealed class PublicationTellingTests
{
    private readonly List<string> _told = [];
    private readonly CommitSequencer _sequencer;

    public PublicationTellingTests()
        => _sequencer = new CommitSequencer(
            new TierState(4, 8, FloorSet.None),
            new FailureLatch(),
            queue: new Sink(this, "queue"),
            feed: new Sink(this, "feed"),
            meter: new Sink(this, "meter"),
            times: new Listener(this, "visible"),
            publicationTimes: new Listener(this, "published"));

    [Fact]
    public void I1_TheQueueHasItBeforeReadersSeeItAndListenersAfterwards()
    {
        var (first, failed, last) = (Begin(10), Begin(20), Begin(30));
        _ = _sequencer.Finish(last);
        _sequencer.Complete(failed, aborted: true);
        _told.Should().BeEmpty("the first is not through");
        _ = _sequencer.Finish(first);
        _told.Should().Equal("queue 5 of 4", "meter 5 of 4", "queue 7 of 4", "meter 7 of 4", "visible 30 of 7", "published 7 of 7", "feed 5 of 7", "feed 7 of 7");
        _sequencer.Current.Should().Be(new Publication(7, 30, 30, 4));
    }

    [Fact]
    public void D3_WhatIsReplayedIsNoNewsToListeners()
    {
        _sequencer.BeginReplayed(Prepare(9), 6);
        var replayed = Prepare(12);
        _sequencer.BeginReplayed(replayed, 7);
        replayed.IsFresh.Should().BeTrue();
        var late = Prepare(12);
        _sequencer.BeginReplayed(late, 8);
        late.IsFresh.Should().BeFalse("its version had begun");
        _sequencer.Complete(late);
        _sequencer.Complete(replayed);
        _told.Should().BeEmpty();

        var alone = new CommitSequencer(new TierState(4, 8, FloorSet.None), new FailureLatch(), new Sink(this, "queue"), new Sink(this, "feed"));
        var commit = Prepare(9);
        alone.BeginReplayed(commit, 6);
        alone.Complete(commit);
        _told.Should().Equal("queue 6 of 4");
    }

    [Fact]
    public void A5_ACommitAtOrBelowTheVisibleVersionIsLateToViews()
    {
        _ = _sequencer.Finish(Begin(10));
        _ = _sequencer.Finish(BeginLate(10));
        _sequencer.Current.Should().Be(new Publication(6, 10, 10, 6));
        _ = _sequencer.Finish(Begin(11));
        _sequencer.Current.Should().Be(new Publication(7, 11, 11, 6));
        _ = _sequencer.Finish(BeginLate(3), aborted: true);
        _sequencer.Current.Should().Be(new Publication(8, 11, 11, 6), "it is there for nobody");
        _ = _sequencer.Finish(BeginLate(3));
        _sequencer.Current.Should().Be(new Publication(9, 11, 11, 9));
    }

    [Fact]
    public void I1_WhatIsAskedInsideIsWhatIsPublished()
    {
        var lower = Begin(10);
        _ = _sequencer.Finish(Begin(20));
        CommitVersion visible = default, published = default;
        _sequencer.TellVisible(v => visible = v);
        _sequencer.TellPublished(v => published = v);
        (visible, published, _sequencer.Exclusively(() => 77)).Should().Be(((CommitVersion)8, (CommitVersion)4, 77));
        _ = _sequencer.Finish(lower);
        _sequencer.TellVisible(v => visible = v);
        _sequencer.TellPublished(v => published = v);
        (visible, published).Should().Be(((CommitVersion)20, (CommitVersion)6));
    }

    private static InFlightCommit Prepare(ulong version)
        => new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false).Prepare(new WriteBatch(), version);

    private InFlightCommit Begin(ulong version)
    {
        var commit = Prepare(version);
        _sequencer.TryBegin(commit).Should().BeTrue();
        commit.IsFresh.Should().BeTrue();
        return commit;
    }

    private InFlightCommit BeginLate(ulong version)
    {
        var commit = Prepare(version);
        _sequencer.TryBegin(commit).Should().BeFalse();
        _sequencer.Announce(commit).IsCompletedSuccessfully.Should().BeTrue();
        _sequencer.BeginAnnounced(commit);
        return commit;
    }

    // What it is told, and how far readers see at that moment.
    private sealed class Sink(PublicationTellingTests test, string name) : IPublicationSink
    {
        public void Add(PreparedCommit commit) => test._told.Add($"{name} {commit.Sequence} of {test._sequencer.Current.Sequence}");
    }

    private sealed class Listener(PublicationTellingTests test, string name) : IVisibilityListener
    {
        public void Advance(CommitVersion visible) => test._told.Add($"{name} {visible} of {test._sequencer.Current.Sequence}");
    }
}
