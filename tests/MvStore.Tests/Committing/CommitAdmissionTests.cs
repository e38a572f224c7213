using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>Which commits may begin, and how far floors may rise beside those that are under way (I7, D9).</summary>
public sealed class CommitAdmissionTests
{
    private readonly FailureLatch _failure = new();
    private readonly CommitSequencer _sequencer;

    public CommitAdmissionTests() => _sequencer = new CommitSequencer(new TierState(0, CommitVersion.Zero, FloorSet.None), _failure, queue: null, feed: null);

    [Fact]
    public void I7_AFloorStaysBelowWhateverIsUnderWay()
    {
        Publish(100);
        Highest(cap: 1_000).Should().Be((CommitVersion)100);
        Highest(cap: 60).Should().Be((CommitVersion)60);
        var late = Prepare(50);
        _ = _sequencer.Announce(late);
        Highest(cap: 1_000).Should().Be((CommitVersion)49, "it is announced");
        Highest(cap: 40).Should().Be((CommitVersion)40);
        _sequencer.BeginAnnounced(late);
        Highest(cap: 1_000).Should().Be((CommitVersion)49, "it is in flight");
        var later = Prepare(70);
        _ = _sequencer.Announce(later);
        Highest(cap: 1_000).Should().Be((CommitVersion)49);
        _ = _sequencer.Finish(late);
        Highest(cap: 1_000).Should().Be((CommitVersion)69, "the announcement of the other one is over");
        _sequencer.Withdraw(later);
        Highest(cap: 1_000).Should().Be((CommitVersion)100);
    }

    [Fact]
    public void I7_AnAnnouncedVersionIsNotFreshForAnybodyUntilItIsTakenBack()
    {
        var announced = Prepare(10);
        _ = _sequencer.Announce(announced);
        _ = _sequencer.Announce(Prepare(10));
        _sequencer.TryBegin(Prepare(10)).Should().BeFalse();
        _sequencer.TryBegin(Prepare(9)).Should().BeTrue("only 10 is announced");
        _sequencer.Withdraw(announced);
        _sequencer.TryBegin(Prepare(10)).Should().BeFalse("the second is announced still");
        _sequencer.Withdraw(announced);
        _sequencer.TryBegin(Prepare(10)).Should().BeTrue();
    }

    [Fact]
    public async Task A4_OnlyWhatIsInFlightAtItsVersionIsWaitedFor()
    {
        var (other, first, second) = (Prepare(5), Prepare(10), Prepare(10));
        _sequencer.TryBegin(other).Should().BeTrue();
        _sequencer.TryBegin(first).Should().BeTrue();
        _ = _sequencer.Announce(second);
        _sequencer.BeginAnnounced(second);
        var both = _sequencer.Announce(Prepare(10));
        _sequencer.Announce(Prepare(7)).IsCompletedSuccessfully.Should().BeTrue("nobody is at that version");
        _sequencer.Complete(other);
        _sequencer.Complete(first);
        both.IsCompleted.Should().BeFalse();
        _sequencer.Complete(second);
        await both.Guarded();
    }

    [Fact]
    public void D9_NothingBeginsOnceItIsClosedNotEvenWhatWasAnnounced()
    {
        var late = Prepare(5);
        _ = _sequencer.Announce(late);
        _sequencer.CloseAsync().IsCompletedSuccessfully.Should().BeTrue();
        _sequencer.Invoking(s => s.BeginAnnounced(late)).Should().Throw<ObjectDisposedException>();
        _sequencer.Invoking(s => s.TryBegin(Prepare(9))).Should().Throw<ObjectDisposedException>();
        _sequencer.Invoking(s => s.BeginReplayed(Prepare(9), 9)).Should().Throw<ObjectDisposedException>();
        Assert.Throws<ObjectDisposedException>(() =>
        {
            _ = _sequencer.Announce(Prepare(9));
        });
    }

    [Fact]
    public void D4_NothingBeginsOnceTheStoreHasFailed()
    {
        var late = Prepare(5);
        _ = _sequencer.Announce(late);
        var cause = new InvalidOperationException("on purpose");
        _failure.TrySet(cause);
        _sequencer.Invoking(s => s.TryBegin(Prepare(9))).Should().Throw<StoreFailedException>().WithInnerException<InvalidOperationException>();
        _sequencer.Invoking(s => s.BeginAnnounced(late)).Should().Throw<StoreFailedException>();
        _sequencer.Current.Sequence.Should().Be(0);
    }

    [Fact]
    public async Task D9_ClosingIsOverWhenTheLastInFlightIsAndMayBeAskedForTwice()
    {
        var commit = Prepare(5);
        _sequencer.TryBegin(commit).Should().BeTrue();
        var closed = _sequencer.CloseAsync();
        _sequencer.CloseAsync().Should().BeSameAs(closed);
        closed.IsCompleted.Should().BeFalse();
        _sequencer.Complete(commit);
        await closed.Guarded();
    }

    [Fact]
    public void E7_WhatIsForeseenIsWhatARaiseDoes()
    {
        Publish(20, "a");
        Publish(30, "b");
        var foreseen = _sequencer.Foresee(() => 25, highest => new FloorSet(highest.Value - 10, []));
        _sequencer.Raise(() => CommitVersion.Zero, _ => FloorSet.None, 9).Floors.Highest.Should().Be(CommitVersion.Zero, "nothing has risen by that");
        var raised = _sequencer.Raise(() => 25, highest => new FloorSet(highest.Value - 10, []), 9).Floors;
        foreach (var floors in new[] { foreseen, raised })
        {
            floors.Default.Should().Be((CommitVersion)15);
            floors.ByKey.Select(f => f.Version).Should().Equal(20UL);
        }
    }

    private static InFlightCommit Prepare(ulong version, string? dropped = null)
    {
        var batch = new WriteBatch();
        if (dropped is not null)
        {
            batch.Drop(System.Text.Encoding.UTF8.GetBytes(dropped));
        }

        return new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false).Prepare(batch, version);
    }

    private void Publish(ulong version, string? dropped = null)
    {
        var commit = Prepare(version, dropped);
        _sequencer.TryBegin(commit).Should().BeTrue();
        _sequencer.Complete(commit);
    }

    // The highest floor that retention is asked about, by a forecast and by a raise.
    private CommitVersion Highest(ulong cap)
    {
        CommitVersion foreseen = default, raised = default;
        _sequencer.Foresee(() => cap, highest => Note(ref foreseen, highest));
        _sequencer.Raise(() => cap, highest => Note(ref raised, highest), 0);
        raised.Should().Be(foreseen);
        return raised;

        static FloorSet Note(ref CommitVersion noted, CommitVersion highest)
        {
            noted = highest;
            return FloorSet.None;
        }
    }
}
