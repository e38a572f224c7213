using MvStore.Committing;
using MvStore.Conformance;
using MvStore.Contracts;
using MvStore.GarbageCollection;
using MvStore.Tests.Interleavings;

namespace MvStore.Tests.GarbageCollection;

/// <summary>The steps from a drop to a floor in force, and what the tier is told of them.</summary>
public sealed class FloorRaiserTests : IAsyncLifetime
{
    private readonly InMemoryTierStorage _storage = new();
    private readonly FloorKeeper _floors = new(FloorSet.None);
    private readonly FailureLatch _failure = new();
    private readonly CommitSequencer _sequencer;
    private readonly FaultyTier _tier;
    private readonly FloorRaiser _raiser;

    public FloorRaiserTests()
    {
        _sequencer = new CommitSequencer(new TierState(0, CommitVersion.Zero, FloorSet.None), _failure, queue: null, feed: null);
        _tier = NewTier(_storage);
        var retention = new RetentionPolicy(new GarbageCollectionOptions { RetainVersions = 10 });
        _raiser = new FloorRaiser(_sequencer, _floors, new PinRegistry(), _tier, new TierWrites(_failure, new TierRetryPolicy(TimeSpan.Zero, TimeSpan.Zero, 1, resolvesDoubt: false), TimeProvider.System), durability: null, retention, TestClassifier.Instance);
    }

    public async Task InitializeAsync() => await _tier.OpenAsync(default);

    public async Task DisposeAsync() => await _tier.DisposeAsync();

    [Fact]
    public async Task E8_WhatCouldNotBeStoredIsStoredTheNextTimeAndNotInForceBefore()
    {
        await CommitAsync(new WriteBatch().Drop("a"u8), 5);
        _tier.FailNext(FaultyTier.Write.RaiseFloor, TierFailure.Transient);
        await Assert.ThrowsAsync<PersistentTierException>(() => _raiser.RunAsync(default).AsTask());
        _floors.Current.Set.ByKey.Should().BeEmpty("it is not stored");
        Assert.Throws<BelowFloorException>(() => Begin(new WriteBatch().Set("a"u8, "x"u8), 5));

        await CommitAsync(new WriteBatch().Drop("b"u8), 6);
        await _raiser.RunAsync(default);
        Show(_storage.Floors.ByKey).Should().Equal("a@5", "b@6");
        _storage.Drops.Should().BeEmpty();
        Show(_floors.Current.Set.ByKey).Should().Equal("a@5", "b@6");
    }

    [Fact]
    public async Task A1_AFloorThatItsKindHasPassedIsForgottenEverywhere()
    {
        await CommitAsync(new WriteBatch().Drop("a"u8).Drop("b"u8), 5);
        await CommitAsync(new WriteBatch().Drop("b"u8), 8);
        await _raiser.RunAsync(default);
        Show(_floors.Current.Set.ByKey).Should().Equal("a@5", "b@8");

        // Retention keeps ten: the floor of every kind is 6 now.
        await CommitAsync(new WriteBatch(), 16);
        await _raiser.RunAsync(default);
        Show(_floors.Current.Set.ByKey).Should().Equal("b@8");
        Show(_storage.Floors.ByKey).Should().Equal("b@8");

        // The drop of c is passed before it comes into force.
        await CommitAsync(new WriteBatch().Drop("c"u8), 17);
        await CommitAsync(new WriteBatch(), 40);
        await _raiser.RunAsync(default);

        _floors.Current.Set.Default.Should().Be((CommitVersion)30);
        _floors.Current.Set.ByKey.Should().BeEmpty();
        _storage.Floors.ByKey.Should().BeEmpty();
        _storage.Drops.Should().BeEmpty();
        _sequencer.Raise(() => CommitVersion.Max, _ => FloorSet.None, 1).Floors.ByKey.Should().BeEmpty();
    }

    [Fact]
    public async Task E6_NothingIsWrittenWhenNothingRises()
    {
        await _raiser.RunAsync(default);
        _tier.Writes.Should().Be(0);
        await CommitAsync(new WriteBatch().Drop("a"u8), 5);
        var before = _tier.Writes;
        await _raiser.RunAsync(default);
        await _raiser.RunAsync(default);
        _tier.Writes.Should().Be(before + 1);
    }

    [Fact]
    public async Task I35_FloorsOfASliceAreTakenNoteOfAtOnceAndGoneByOnlyOnceTheyAreStored()
    {
        _raiser.Prepare(() => CommitVersion.Max).Should().BeNull("the store is still being opened");
        _raiser.BeginWithSlices();
        await CommitAsync(new WriteBatch().Drop("a"u8), 20);
        var prepared = _raiser.Prepare(() => 20)!;

        prepared.Floors.Default.Should().Be((CommitVersion)10);
        Show(prepared.Floors.ByKey).Should().Equal("a@20");
        Show(prepared.Settled).Should().Equal("a@20");
        _floors.Current.Set.Should().BeSameAs(prepared.Floors);
        _floors.Stored.Default.Should().Be(CommitVersion.Zero);
        Assert.Throws<BelowFloorException>(() => Begin(new WriteBatch().Set("b"u8, "x"u8), 10));

        var before = _tier.Writes;
        await CommitAsync(new WriteBatch(), 40);
        await _raiser.RunAsync(default);
        _tier.Writes.Should().Be(before + 1, "nothing but the commit was written");
        _floors.Current.Set.Should().BeSameAs(prepared.Floors, "nobody else raises a floor meanwhile");
        _raiser.Prepare(() => 40).Should().BeNull();

        _raiser.Confirm(prepared);
        _floors.Stored.Should().BeSameAs(prepared.Floors);
        await _raiser.RunAsync(default);
        _floors.Stored.Default.Should().Be((CommitVersion)30);
        _raiser.Prepare(() => 40).Should().BeNull("nothing is to rise");
        await CommitAsync(new WriteBatch(), 50);
        _raiser.Prepare(() => 50).Should().NotBeNull();
    }

    [Fact]
    public async Task I37_TheFloorOfASliceStopsAtWhatWillBeDurable()
    {
        _raiser.BeginWithSlices();
        await CommitAsync(new WriteBatch(), 40);
        _raiser.Prepare(() => 25)!.Floors.Default.Should().Be((CommitVersion)15);
    }

    private static FaultyTier NewTier(InMemoryTierStorage storage) => new(new InMemoryTier(storage));

    private static IEnumerable<string> Show(IEnumerable<KeyFloor> floors)
        => floors.Select(f => $"{System.Text.Encoding.UTF8.GetString(f.Key.Span)}@{f.Version}");

    private InFlightCommit? Begin(WriteBatch batch, ulong version)
    {
        var commit = new CommitPreparer(classifier: null, keepsRows: true, keepsDeltas: false).Prepare(batch, version);
        return _sequencer.TryBegin(commit) ? commit : null;
    }

    /// <summary>Publishes a commit and makes it durable.</summary>
    private async Task CommitAsync(WriteBatch batch, ulong version)
    {
        var commit = Begin(batch, version)!;
        await _sequencer.Finish(commit);
        var drops = commit.Drops;
        await _tier.ApplyAsync(new TierBatch(_storage.DurableSequence, commit.Sequence, version, []) { Drops = drops }, default);
    }
}
