using MvStore.Committing;
using MvStore.Contracts;

namespace MvStore.Tests.Committing;

/// <summary>When drops come into force: contract A1, A5, A6.</summary>
public sealed class AdmittedDropTests
{
    private readonly CommitSequencer _sequencer = NewSequencer(new TierState(0, CommitVersion.Zero, FloorSet.None));

    [Fact]
    public void A1_AnAbortedCommitsDropsHaveNoEffect()
    {
        var failed = Begin(10, "a");
        var published = Begin(20, "b");
        _sequencer.Finish(published);
        _sequencer.Finish(failed, aborted: true);

        Show(Raise()).Should().Equal("b@20");
        _sequencer.TryBegin(Drops(30, "a")).Should().BeTrue();
        _sequencer.Announce(Drops(5, "a")).IsCompleted.Should().BeTrue("the floor of a did not rise");
    }

    [Fact]
    public void A5_ADropWaitsForEveryLowerVersionInFlight()
    {
        var lower = Begin(10, "a");
        _sequencer.Finish(Begin(20, "b"));
        Show(Raise()).Should().BeEmpty("10 is in flight, so nothing is published");
        _sequencer.Finish(lower);

        _sequencer.Announce(Drops(15, "c"));
        Show(Raise()).Should().Equal("a@10");
        _sequencer.Withdraw(Drops(15, "c"));
        Show(Raise(cap: 19)).Should().BeEmpty("19 is durable, not 20");
        Show(Raise()).Should().Equal("b@20");
        Show(Raise()).Should().BeEmpty("each comes into force once");
    }

    [Fact]
    public void A1_NoMoreThanAskedForComeIntoForceAtOnceTheLowestFirst()
    {
        _sequencer.Finish(Begin(10, "c", "b"));
        _sequencer.Finish(Begin(20, "a", "b"));
        var first = Raise(most: 3);
        Show(first).Should().Equal("b@10", "c@10", "a@20");
        first.Floors.ByKey.Of("b"u8).Should().Be((CommitVersion)10);
        Show(Raise(most: 3)).Should().Equal("b@20");
    }

    [Fact]
    public void A6_OnlyCommitsToADroppedKeyAreHeldToItsFloor()
    {
        _sequencer.Finish(Begin(20, "a"));
        Raise();

        var refusal = Assert.Throws<BelowFloorException>(() => _sequencer.TryBegin(Drops(20, "0", "a")));
        (refusal.Requested, refusal.Floor).Should().Be(((CommitVersion)20, (CommitVersion)20));
        Assert.Throws<BelowFloorException>(() => _sequencer.TryBegin(Drops(1, "a")));
        _sequencer.TryBegin(Drops(1, "b")).Should().BeFalse("it is admitted, and late");
        _sequencer.TryBegin(Drops(21, "a")).Should().BeTrue();
    }

    [Fact]
    public void E8_RecoveredDropsAreInForceAtTheFirstRaise()
    {
        var recovered = new TierState(7, 50, new FloorSet(3, [], [Floor("a", 10)])) { Drops = [Floor("b", 40), Floor("a", 30)] };
        var sequencer = NewSequencer(recovered);
        Assert.Throws<BelowFloorException>(() => sequencer.TryBegin(Drops(10, "a")));
        var raise = sequencer.Raise(() => CommitVersion.Max, _ => FloorSet.None, 10);
        Show(raise).Should().Equal("a@30", "b@40");
        raise.Floors.Default.Should().Be((CommitVersion)3);
        raise.Floors.ByKey.Should().HaveCount(2);
    }

    [Fact]
    public void A1_ASimplerSetReplacesTheFloorsUnlessTheyRoseSince()
    {
        _sequencer.Finish(Begin(20, "a"));
        var before = Raise().Floors;
        _sequencer.Finish(Begin(30, "b"));
        var after = Raise().Floors;

        _sequencer.Simplify(before);
        Raise().Floors.Should().BeSameAs(after);
        var same = after.RaisedTo(FloorSet.None);
        _sequencer.Simplify(same);
        Raise().Floors.Should().BeSameAs(same);
    }

    private static CommitSequencer NewSequencer(TierState recovered) => new(recovered, new FailureLatch(), queue: null, feed: null);

    private InFlightCommit Begin(ulong version, params string[] keys)
    {
        var commit = Drops(version, keys);
        _sequencer.TryBegin(commit).Should().BeTrue();
        return commit;
    }

    private static InFlightCommit Drops(ulong version, params string[] keys)
    {
        var batch = new WriteBatch();
        foreach (var key in keys)
        {
            batch.Drop(Key(key));
        }

        return new CommitPreparer(classifier: null, keepsRows: false, keepsDeltas: false).Prepare(batch, version);
    }

    private static IEnumerable<string> Show(AdmissionRaise raise)
        => raise.Drops.Select(d => $"{System.Text.Encoding.UTF8.GetString(d.Key.Span)}@{d.Version}");

    private static KeyFloor Floor(string key, ulong version) => new(Key(key), version);

    private static byte[] Key(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private AdmissionRaise Raise(ulong cap = long.MaxValue, int most = 100) => _sequencer.Raise(() => cap, _ => FloorSet.None, most);
}
