using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Committing;

/// <summary>Watches of any kind, side by side and one after the other (DESIGN.md 3, Commits under a watch; I60).</summary>
public sealed class CommitWatchTests
{
    private readonly CommitPreparer _preparer = new(classifier: null, keepsRows: false, keepsDeltas: false);
    private readonly CommitSequencer _sequencer = new(new TierState(0, CommitVersion.Zero, FloorSet.None), new FailureLatch(), queue: null, feed: null);

    [Fact]
    public void I60_EachOfSeveralWatchesTakesNoteOfWhatConcernsIt()
    {
        var keys = new KeyWatch([Key("a"), Key("b")]) { Required = [0, 1] };
        var rollback = new RollbackWatch(KeyRange.From("b"u8), 1, 9);
        _ = _sequencer.Watch(keys);
        _ = _sequencer.Watch(rollback);
        Begin(Prepare(5, "a"));
        (keys.IsKeyTouched(0), keys.IsKeyTouched(1), rollback.IsOvertaken).Should().Be((true, false, false));
        Begin(Prepare(9, "c"));
        (keys.IsKeyTouched(1), rollback.IsOvertaken).Should().Be((false, true));
        _sequencer.EndWatch(rollback);
        Begin(Prepare(10, "b"));
        (keys.IsKeyTouched(1), rollback.IsTargetTouched).Should().Be((true, false), "the one that ended did not end the other");
    }

    [Fact]
    public void I60_WhatACommitMadeUnderOneWatchTouchesIsNotedByTheOthersOnly()
    {
        var keys = new KeyWatch([Key("a")]) { Required = [0] };
        var rollback = new RollbackWatch(KeyRange.All, 1, 9);
        _ = _sequencer.Watch(keys);
        _ = _sequencer.Watch(rollback);
        Begin(PrepareUnder(keys, 5, "a"));
        keys.IsOvertaken.Should().BeFalse();
        rollback.IsOvertaken.Should().BeTrue();
        _sequencer.Invoking(s => s.TryBegin(PrepareUnder(rollback, 9, "a"))).Should().Throw<CommitOvertakenException>();
    }

    [Fact]
    public void I60_AWatchOfManyKeysTellsThemApart()
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"{i}")];
        var watch = new KeyWatch([.. names.Select(Key)]);
        _ = _sequencer.Watch(watch);
        Begin(Prepare(1, "0", "63", "64", "x"));
        Begin(Prepare(2, "65", "199"));
        Enumerable.Range(0, names.Length).Where(watch.IsKeyTouched).Should().Equal(0, 63, 64, 65, 199);
    }

    [Fact]
    public void I60_TheSameKeyTwiceIsOne()
    {
        var watch = new KeyWatch([Key("a"), Key("a"), Key("b")]) { Required = [1] };
        _ = _sequencer.Watch(watch);
        Begin(Prepare(1, "a"));
        watch.IsOvertaken.Should().BeTrue();
    }

    [Fact]
    public void I60_ACommitThatWasRefusedIsNotNoted()
    {
        Begin(Prepare(10, "x"), finish: true);
        var watch = new KeyWatch([Key("a")]) { Required = [0] };
        _ = _sequencer.Watch(watch);
        _sequencer.Raise(() => CommitVersion.Max, highest => new FloorSet(highest, []), 1);
        _sequencer.Invoking(s => s.TryBegin(Prepare(10, "a"))).Should().Throw<BelowFloorException>();
        _sequencer.TryBegin(PrepareUnder(watch, 11, "a")).Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void I60_AWatchThatIsSetWhileACommitIsLookedAtTakesNoteOfIt(bool isLate)
    {
        Begin(Prepare(10, "x"), finish: true);
        var watch = new KeyWatch([Key("a")]);
        var looked = 0;
        _ = _sequencer.Watch(new LookWatch(() =>
        {
            if (++looked == 1)
            {
                _ = _sequencer.Watch(watch);
            }
        }));
        var commit = Prepare(isLate ? 5UL : 20UL, "a");
        if (isLate)
        {
            _sequencer.Announce(commit).IsCompletedSuccessfully.Should().BeTrue();
            _sequencer.BeginAnnounced(commit);
        }
        else
        {
            _sequencer.TryBegin(commit).Should().BeTrue();
        }

        watch.IsKeyTouched(0).Should().BeTrue();
        looked.Should().Be(2);
    }

    [Fact]
    public void I60_WatchesThatFollowCloseOnEachOtherDoNotKeepACommitFromBeginning()
    {
        const int most = 50;
        var looked = 0;
        LookWatch? last = null;
        _ = _sequencer.Watch(last = new LookWatch(Replace));
        _sequencer.TryBegin(Prepare(1, "a")).Should().BeTrue();
        looked.Should().Be(4, "the last time where no other watch can be set");

        void Replace()
        {
            if (++looked < most)
            {
                var replaced = last;
                _ = _sequencer.Watch(last = new LookWatch(Replace), replaced);
            }
        }
    }

    private static ReadOnlyMemory<byte> Key(string name) => System.Text.Encoding.UTF8.GetBytes(name);

    private InFlightCommit PrepareUnder(CommitWatch watch, ulong version, params string[] keys)
    {
        var commit = Prepare(version, keys);
        commit.Watch = watch;
        return commit;
    }

    private InFlightCommit Prepare(ulong version, params string[] keys)
    {
        var batch = new WriteBatch();
        foreach (var key in keys)
        {
            batch.Set(key, "1");
        }

        return _preparer.Prepare(batch, version);
    }

    private void Begin(InFlightCommit commit, bool finish = false)
    {
        _sequencer.TryBegin(commit).Should().BeTrue();
        if (finish)
        {
            _sequencer.Complete(commit);
        }
    }

    /// <summary>Does something when a commit is looked at, and takes note of none.</summary>
    private sealed class LookWatch(Action looking) : CommitWatch(1)
    {
        public override bool IsOvertaken => false;

        public override ulong[]? Look(PreparedCommit commit)
        {
            looking();
            return null;
        }
    }
}
