using MvStore.Conformance;

namespace MvStore.Tests.Interleavings;

/// <summary>After the first failure of unknown or final outcome nobody writes to the tier any more, whoever it was that failed (I9, contract D4).</summary>
public sealed class StoppedForWritingTests
{
    [Theory]
    [InlineData(FaultyTier.Write.RaiseFloor, TierFailure.InDoubt)]
    [InlineData(FaultyTier.Write.RaiseFloor, TierFailure.Damaged)]
    [InlineData(FaultyTier.Write.Reclaim, TierFailure.InDoubt)]
    [InlineData(FaultyTier.Write.Reclaim, TierFailure.Fatal)]
    public async Task D4_nothing_is_written_after_reclamation_failed(FaultyTier.Write write, TierFailure failure)
    {
        await using var tier = new FaultyTier(new InMemoryTier());
        var store = await OpenAsync(tier);
        await SetAsync(store, 1, Durability.Durable);
        await SetAsync(store, 2, Durability.Durable);
        await SetAsync(store, 3, Durability.Buffered);
        tier.FailNext(write, failure);

        var reclaim = async () => await store.ReclaimAsync();
        (await reclaim.Should().ThrowAsync<PersistentTierException>()).Which.Failure.Should().Be(failure);
        var writes = tier.Writes;

        var commit = async () => await SetAsync(store, 4, Durability.Buffered);
        (await commit.Should().ThrowAsync<StoreFailedException>()).Which.InnerException.Should().BeOfType<PersistentTierException>();
        var flush = async () => await store.FlushAsync();
        await flush.Should().ThrowAsync<StoreFailedException>();
        await reclaim.Should().ThrowAsync<StoreFailedException>();
        (await store.GetAsync([7], CommitVersion.Latest))!.Value.Version.Should().Be((CommitVersion)3, "what is in memory stays readable");
        var close = async () => await store.DisposeAsync();
        await close.Should().ThrowAsync<StoreFailedException>();
        tier.Writes.Should().Be(writes);
    }

    [Theory]
    [InlineData(TierFailure.InDoubt)]
    [InlineData(TierFailure.Damaged)]
    public async Task D4_nothing_is_reclaimed_after_a_flush_failed(TierFailure failure)
    {
        await using var tier = new FaultyTier(new InMemoryTier());
        var store = await OpenAsync(tier);
        await SetAsync(store, 1, Durability.Durable);
        await SetAsync(store, 2, Durability.Durable);
        tier.FailNext(FaultyTier.Write.Apply, failure);
        var durable = async () => await SetAsync(store, 3, Durability.Durable);
        await durable.Should().ThrowAsync<StoreFailedException>();
        var writes = tier.Writes;

        var reclaim = async () => await store.ReclaimAsync();
        await reclaim.Should().ThrowAsync<StoreFailedException>();
        var close = async () => await store.DisposeAsync();
        await close.Should().ThrowAsync<StoreFailedException>();
        tier.Writes.Should().Be(writes);
    }

    private static async Task<IMultiVersionStore> OpenAsync(IPersistentTier tier)
        => await new MvStoreBuilder()
            .Configure(o =>
            {
                o.Flush.MaxAge = Timeout.InfiniteTimeSpan;
                o.GarbageCollection.RetainVersions = 0;
                o.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
            })
            .UsePersistentTier(tier)
            .OpenAsync();

    private static async Task SetAsync(IMultiVersionStore store, ulong version, Durability durability)
        => await store.CommitAsync(new WriteBatch().Set([7], [1]), version, durability);
}
