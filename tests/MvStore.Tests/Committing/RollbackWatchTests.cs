using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>What the watch of a rollback takes note of, and where that counts (DESIGN.md 12, I45).</summary>
public sealed class RollbackWatchTests
{
    private const ulong Target = 10;
    private const ulong Version = 40;

    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private readonly CommitSequencer _sequencer = new(new TierState(0, CommitVersion.Zero, FloorSet.None), new FailureLatch(), queue: null, feed: null);
    private readonly RollbackWatch _watch = NewWatch();

    [Fact]
    public async Task I45_AViewIsCapturedOnlyAfterEveryCommitThatBeganBeforeTheWatch()
    {
        var first = Begin(1, "b");
        var second = Begin(50, "x");
        var seen = _sequencer.Watch(_watch);
        seen.IsCompleted.Should().BeFalse();
        _watch.IsOvertaken.Should().BeFalse("it began before");
        await _sequencer.Finish(first).Guarded();
        seen.IsCompleted.Should().BeFalse();
        _ = _sequencer.Finish(second, aborted: true);
        await seen.Guarded();
        _sequencer.Watch(NewWatch(), replaced: _watch).IsCompletedSuccessfully.Should().BeTrue("nothing is in flight");
    }

    [Theory]
    [InlineData(40UL, "b", true, false)]
    [InlineData(11UL, "c", true, false)]
    [InlineData(10UL, "b", true, true)]
    [InlineData(1UL, "c", true, true)]
    [InlineData(41UL, "b", false, false)]
    [InlineData(20UL, "a", false, false)]
    [InlineData(5UL, "d", false, false)]
    [InlineData(20UL, "", false, false)]
    public void I45_OnlyCommitsToTheRangeAtOrBelowItsVersionCount(ulong version, string key, bool overtakes, bool stale)
    {
        _ = _sequencer.Watch(_watch);
        var other = Begin(version, key);
        _watch.IsOvertaken.Should().Be(overtakes);
        var own = Own();
        if (overtakes)
        {
            _sequencer.Invoking(s => s.TryBegin(own)).Should().Throw<CommitOvertakenException>();
        }
        else
        {
            _sequencer.TryBegin(own).Should().BeTrue();
        }

        _ = _sequencer.Finish(other);
        _watch.IsTargetTouched.Should().Be(stale);
    }

    [Fact]
    public void I45_ADropCountsAsWellAsAnEntryAndOfManyKeysOne()
    {
        _ = _sequencer.Watch(_watch);
        Begin(new WriteBatch().Set("a", "1").Drop("c"u8).Set("x", "1"), 30);
        _watch.IsOvertaken.Should().BeTrue();

        // Also one that comes second, and concerns the target.
        Begin(new WriteBatch().Set("b", "1"), 5);
        _watch.IsTargetTouched.Should().BeTrue();
    }

    [Fact]
    public void I45_TheWatchOfTheNextAttemptTakesNoteFromWhereTheLastOneEnds()
    {
        _ = _sequencer.Watch(_watch);
        Begin(5, "b");
        var next = NewWatch();
        _ = _sequencer.Watch(next, replaced: _watch);
        next.IsOvertaken.Should().BeFalse();
        next.IsTargetTouched.Should().BeFalse();
        Begin(20, "c");
        next.IsOvertaken.Should().BeTrue();
        next.IsTargetTouched.Should().BeFalse();
        var last = NewWatch();
        _ = _sequencer.Watch(last, replaced: next);
        Begin(4, "b");
        last.IsTargetTouched.Should().BeTrue();
        next.IsTargetTouched.Should().BeFalse("it was ended");
    }

    [Fact]
    public async Task I45_ALateOneIsLookedAtAgainWhereItBegins()
    {
        await _sequencer.Finish(Begin(50, "x")).Guarded();
        _ = _sequencer.Watch(_watch);
        var own = Own();
        _sequencer.TryBegin(own).Should().BeFalse("it is late");
        await _sequencer.Announce(own).Guarded();
        var other = Begin(60, "b");
        var late = Prepare(new WriteBatch().Set("b", "1"), 39);
        await _sequencer.Announce(late).Guarded();
        _sequencer.BeginAnnounced(late);
        _sequencer.Invoking(s => s.BeginAnnounced(own)).Should().Throw<CommitOvertakenException>();
        _sequencer.Withdraw(own);
        await Task.WhenAll(_sequencer.Finish(other), _sequencer.Finish(late)).Guarded();

        var next = NewWatch();
        await _sequencer.Watch(next, replaced: _watch).Guarded();
        own.Watch = next;
        await _sequencer.Announce(own).Guarded();
        _sequencer.BeginAnnounced(own);
        await _sequencer.Finish(own).Guarded();
        _sequencer.Current.Sequence.Should().Be(4);
    }

    [Fact]
    public void I45_ItsOwnCommitIsNotedByOthersOnlyAndNoneAfterItEnds()
    {
        var other = new RollbackWatch(KeyRange.All, Target, Version);
        _ = _sequencer.Watch(_watch);
        _ = _sequencer.Watch(other);
        _sequencer.TryBegin(Own()).Should().BeTrue();
        _watch.IsOvertaken.Should().BeFalse();
        other.IsOvertaken.Should().BeTrue();

        _sequencer.EndWatch(_watch);
        _sequencer.EndWatch(_watch);
        Begin(1, "b");
        _watch.IsOvertaken.Should().BeFalse();
    }

    [Fact]
    public void D9_AClosedStoreIsNotWatched()
    {
        _ = _sequencer.CloseAsync();
        Assert.Throws<ObjectDisposedException>(() =>
        {
            _ = _sequencer.Watch(_watch);
        });
    }

    private static RollbackWatch NewWatch() => new(KeyRange.Between("b"u8, "d"u8), Target, Version);

    private InFlightCommit Own()
    {
        var own = Prepare(new WriteBatch().Set("b", "1"), Version);
        own.Watch = _watch;
        return own;
    }

    private InFlightCommit Begin(ulong version, string key) => Begin(key.Length == 0 ? new WriteBatch() : new WriteBatch().Set(key, "1"), version);

    /// <summary>Begins a commit, late or not.</summary>
    private InFlightCommit Begin(WriteBatch batch, ulong version)
    {
        var commit = Prepare(batch, version);
        if (!_sequencer.TryBegin(commit))
        {
            _sequencer.Announce(commit).IsCompletedSuccessfully.Should().BeTrue("nothing is in flight at its version");
            _sequencer.BeginAnnounced(commit);
        }

        return commit;
    }

    private InFlightCommit Prepare(WriteBatch batch, ulong version) => _preparer.Prepare(batch, version);
}
