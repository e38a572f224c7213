using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Where commits of the store's own get their versions: without them nothing expires, and nothing else suffers (contract E5, A5, A6).</summary>
public sealed class VersionProviderTests
{
    private static readonly TimeToLive TenMinutes = new(TimeSpan.FromMinutes(10));

    [Fact]
    public async Task E5_ATimeToLiveWithoutAProviderIsRefusedAtOpeningByName()
    {
        await using var tier = new ObservedTier(new Conformance.InMemoryTier());
        var builder = new MvStoreBuilder().UsePersistentTier(tier).Configure(options =>
            options.GarbageCollection.RetainByKind[EntryKind.Operator(7)] = new Retention { TimeToLive = TenMinutes });
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => builder.OpenAsync().Guarded());
        error.Message.Should().Contain("GarbageCollection.RetainByKind").And.Contain("operator(7)");

        // It can be put right.
        await using var store = await builder.UseVersionProvider(opened => new VersionSource(opened)).OpenAsync().Guarded();
        await store.SetAsync(1, "a", "x");
    }

    [Fact]
    public async Task E5_ATimeToLiveFromAStrategyWithoutAProviderIsToldAtEachRun()
    {
        var operators = new OperatorRetentions { Current = new Dictionary<ulong, Retention> { [1] = new() { TimeToLive = TenMinutes } } };
        await using var fixture = await StoreFixture.OpenAsync(
            StoreStorage.None,
            options => options.GarbageCollection.RetainVersions = 0,
            builder => builder.AddGarbageCollectionStrategy(new OperatorStrategy(operators)));
        await fixture.Store.SetAsync(5, "a", "x");
        await Assert.ThrowsAsync<VersionProviderException>(() => fixture.Store.ReclaimAsync().Guarded());
        fixture.Store.GetFloor().Should().Be((CommitVersion)5, "the rest of the run was done");
    }

    [Fact]
    public async Task E5_AProviderThatIsNotMadeIsToldAtOpening()
    {
        var builder = new MvStoreBuilder().UseVersionProvider(_ => null!);
        (await Assert.ThrowsAsync<InvalidOperationException>(() => builder.OpenAsync().Guarded())).Message.Should().Contain("UseVersionProvider");
    }

    [Fact]
    public void E5_AmountsAreChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimeToLive(TimeSpan.Zero)).ParamName.Should().Be("duration");
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimeToLive(TimeSpan.FromTicks(1), (TimeToLiveStart)2)).ParamName.Should().Be("from");
        Assert.Throws<ArgumentNullException>(() => new MvStoreBuilder().UseVersionProvider(null!)).ParamName.Should().Be("provider");
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public async Task E5_AVersionThatCannotBeUsedIsToldAndNothingIsRemoved(ulong version)
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes);
        await expiring.SetAsync("a");
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 10);
        expiring.Provide = () => Task.FromResult((CommitVersion)version);
        await Assert.ThrowsAsync<VersionProviderException>(() => expiring.ExpireAsync());
        (await expiring.ValueAsync("o1")).Should().Be("x");

        expiring.Provide = null;
        (await expiring.ExpireAsync()).Should().Be(1, "the next run goes on");
    }

    [Fact]
    public async Task E5_AProviderThatFailsIsToldAndTheNextRunGoesOn()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes);
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 10);
        expiring.Provide = () => Task.FromException<CommitVersion>(new InvalidOperationException("host"));
        (await Assert.ThrowsAsync<VersionProviderException>(() => expiring.ExpireAsync())).InnerException!.Message.Should().Be("host");
        expiring.Provide = () => throw new OperationCanceledException("of the host's own");
        await Assert.ThrowsAsync<VersionProviderException>(() => expiring.ExpireAsync());

        using var cancellation = new CancellationTokenSource();
        expiring.Provide = () =>
        {
            cancellation.Cancel();
            return Task.FromCanceled<CommitVersion>(cancellation.Token);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => expiring.Store.ReclaimAsync(cancellation.Token).Guarded());

        expiring.Provide = null;
        (await expiring.ExpireAsync()).Should().Be(1);
    }

    [Fact]
    public async Task A5_ARemovalThatComesLateIsMadeAllTheSame()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes);
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 10);
        await expiring.Store.FlushAsync().Guarded();
        expiring.Store.Evict(0);
        expiring.Provide = () => CommitElsewhereFirstAsync(expiring);
        (await expiring.ExpireAsync()).Should().Be(1);
        (await expiring.Store.HistoryAsync("o1")).Should().Equal("-@2", "x@1");
        (await expiring.Store.ReadAsync("a")).Should().Be("x@3");
    }

    [Fact]
    public async Task A6_WhenFloorsPassedAVersionAnotherOneIsAskedFor()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.None, null, options =>
            options.GarbageCollection.RetainByKind[EntryKind.Operator(1)] = new Retention(versions: 0) { TimeToLive = TenMinutes });
        await expiring.SetAsync("o1");
        for (var i = 0; i < 5; i++)
        {
            await expiring.SetAsync("a");
        }

        // The floor of o1's kind is at 6; 2 to 4 are above what o1 has.
        expiring.Pass(minutes: 10);
        var versions = new Queue<ulong>([2, 3, 4, 100]);
        expiring.Provide = () => Task.FromResult((CommitVersion)versions.Dequeue());
        (await expiring.ExpireAsync()).Should().Be(1);
        (await expiring.Store.HistoryAsync("o1"))[0].Should().Be("-@100");

        await expiring.Store.SetAsync(101, "o2", "x");
        await expiring.Store.SetAsync(110, "a", "x");
        expiring.Pass(minutes: 10);
        expiring.Provide = () => Task.FromResult((CommitVersion)105);
        await Assert.ThrowsAsync<VersionProviderException>(() => expiring.ExpireAsync());
    }

    [Fact]
    public async Task E5_AKeyThatIsUpdatedWhileAVersionIsOnItsWayStays()
    {
        await using var expiring = await ExpiringStore.OpenAsync(StoreStorage.InMemory, TenMinutes);
        foreach (var key in (string[])["o1", "o2", "o3"])
        {
            await expiring.SetAsync(key, "old");
        }

        expiring.Pass(minutes: 10);
        expiring.Provide = () => UpdateInBetweenAsync(expiring);
        (await expiring.ExpireAsync()).Should().Be(1);
        (await expiring.ValueAsync("o1")).Should().Be("below the removal");
        (await expiring.ValueAsync("o2")).Should().Be("above the removal");
        (await expiring.ValueAsync("o3")).Should().BeNull();
    }

    [Fact]
    public async Task E5_ARunByItselfThatFindsNoVersionIsLoggedAndTheNextOneRemoves()
    {
        var listener = new CommitRecorder();
        await using var expiring = await ExpiringStore.OpenAsync(
            StoreStorage.InMemory,
            TenMinutes,
            options => options.GarbageCollection.Interval = TimeSpan.FromMinutes(1),
            builder => builder.AddCommitListener(listener));
        expiring.Provide = () => throw new InvalidOperationException("host");
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 10);
        (await expiring.Fixture.Log.EntryAsync(entry => entry.Id == 1200).Guarded()).Exception.Should().BeOfType<VersionProviderException>();

        expiring.Provide = null;
        expiring.Pass(minutes: 1);
        (await listener.TakeAsync(2).Guarded())[1].Deltas.Should().ContainSingle().Which.Kind.Should().Be(DeltaKind.Unset);
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    public async Task D9_ClosingWhileAVersionIsOnItsWayEndsTheRun(StoreStorage storage)
    {
        await using var expiring = await ExpiringStore.OpenAsync(storage, TenMinutes);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource<CommitVersion>(TaskCreationOptions.RunContinuationsAsynchronously);
        expiring.Provide = () =>
        {
            asked.SetResult();
            return answer.Task;
        };
        await expiring.SetAsync("o1");
        expiring.Pass(minutes: 10);
        var run = expiring.Store.ReclaimAsync().AsTask();
        await asked.Task.Guarded();
        await expiring.Store.DisposeAsync().Guarded();
        answer.SetResult(10);
        (await run.Guarded()).ExpiredKeys.Should().Be(0);
    }

    private static async Task<CommitVersion> UpdateInBetweenAsync(ExpiringStore expiring)
    {
        await expiring.SetAsync("o1", "below the removal");
        var version = expiring.Versions.Next();
        await expiring.SetAsync("o2", "above the removal");
        return version;
    }

    private static async Task<CommitVersion> CommitElsewhereFirstAsync(ExpiringStore expiring)
    {
        var version = expiring.Versions.Next();
        await expiring.SetAsync("a");
        return version;
    }
}
