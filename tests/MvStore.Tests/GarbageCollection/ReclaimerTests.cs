using MvStore.Committing;
using MvStore.Conformance;
using MvStore.Contracts;
using MvStore.GarbageCollection;

namespace MvStore.Tests.GarbageCollection;

/// <summary>What a run of reclamation remembers of pins, and of memory that it could not sweep: what was kept because of them goes later.</summary>
public sealed class ReclaimerTests : IReclaimable, IDurability, IAsyncLifetime
{
    private readonly InMemoryTierStorage _storage = new();
    private readonly InMemoryTier _tier;
    private readonly FloorKeeper _floors = new(FloorSet.None);
    private readonly PinRegistry _pins = new();
    private readonly Reclaimer _reclaimer;
    private Action _whileMemoryIsSwept = () => { };
    private bool _isMemoryComplete = true;

    public ReclaimerTests()
    {
        _tier = NewTier(_storage);
        var failure = new FailureLatch();
        var recovered = new TierState(2, 5, FloorSet.None);
        var tierWrites = new TierWrites(failure, new TierRetryPolicy(TimeSpan.Zero, TimeSpan.Zero, 1, resolvesDoubt: false), TimeProvider.System);
        var sequencer = new CommitSequencer(recovered, failure, queue: null, feed: null);
        var raiser = new FloorRaiser(sequencer, _floors, _pins, _tier, tierWrites, this, new RetentionPolicy(new GarbageCollectionOptions { RetainVersions = 0 }), TestClassifier.Instance);
        _reclaimer = new Reclaimer(raiser, _floors, _pins, this, _tier, tierWrites, TestClassifier.Instance, stepVersions: 100);
    }

    ulong IDurability.Sequence => 2;

    CommitVersion IDurability.HighestVersion => 5;

    CommitVersion IDurability.Version => 5;

    public async Task InitializeAsync()
    {
        await _tier.OpenAsync(default);
        await _tier.ApplyAsync(new TierBatch(0, 2, 5, [Rows.Set("a", 1, 1, "x"), Rows.Gone("a", 5, 2)]), default);
    }

    public async Task DisposeAsync() => await _tier.DisposeAsync();

    [Fact]
    public async Task I22_APinThatIsOpenedBetweenTheTiersKeepsADeletionUntilItIsClosed()
    {
        var pin = new OpenPin(new Pin(5, 2), 5, _floors.Current, owner: null, DateTimeOffset.UnixEpoch);
        _whileMemoryIsSwept = () => _pins.Add(pin);
        (await RunAsync()).Should().Be(1);
        _storage.Rows.Should().ContainSingle().Which.IsTombstone.Should().BeTrue("the pin sees it");

        _whileMemoryIsSwept = () => { };
        (await RunAsync()).Should().Be(0);
        _pins.Remove(pin);
        (await RunAsync()).Should().Be(1, "it goes when the pin does, though no floor rose");
        _storage.Rows.Should().BeEmpty();
    }

    [Fact]
    public async Task I21_DeletionsStayInTheTierUntilMemoryWasSwept()
    {
        _isMemoryComplete = false;
        (await RunAsync()).Should().Be(1);
        _storage.Rows.Should().ContainSingle().Which.IsTombstone.Should().BeTrue("memory may have what it hides");

        _isMemoryComplete = true;
        (await RunAsync()).Should().Be(1, "the run before was not through");
        _storage.Rows.Should().BeEmpty();
        (await _reclaimer.RunAsync(garbageShare: 0, default)).ScannedVersions.Should().Be(0);
    }

    BufferReclaimed IReclaimable.Reclaim(RetentionRule rule, CancellationToken cancellationToken)
    {
        _whileMemoryIsSwept();
        return new BufferReclaimed(0, 0, 0, _isMemoryComplete);
    }

    void IDurability.Bring(ulong sequence)
    {
    }

    ValueTask<CommitReceipt> IDurability.WaitAsync(ulong sequence, CommitVersion version, CancellationToken cancellationToken) => new(new CommitReceipt(version, sequence));

    private static InMemoryTier NewTier(InMemoryTierStorage storage) => new(storage);

    private async Task<long> RunAsync() => (await _reclaimer.RunAsync(garbageShare: 0, default)).ReclaimedVersions;
}
