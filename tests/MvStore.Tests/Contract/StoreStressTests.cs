using MvStore.Tests.Fixtures;
using MvStore.Tests.Unmanaged;

namespace MvStore.Tests.Contract;

/// <summary>Contract A2, A9, B8, C1, C4, E1: everything at once on real threads, in a heap that finds every use of freed memory.</summary>
[Collection(nameof(ProcessEpochs))]
public sealed class StoreStressTests
{
    [Theory]
    [InlineData(StoreStorage.None, 1)]
    [InlineData(StoreStorage.InMemory, 2)]
    public async Task A2_A9_C1_C4_WritersReadersSnapshotsAndReclamationAtOnceBreakNothing(StoreStorage storage, int seed)
    {
        using var isChecked = CheckedHeapSwitch.On();
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = StoreTraffic.Retained;
            o.Persistence.ReadPageRows = 90;
        });
        var traffic = new StoreTraffic(fixture.Store, isPersistent: storage != StoreStorage.None, commits: 6_000);
        await Crowd.RunAsync(
            [
                .. Enumerable.Range(0, StoreTraffic.Writers).Select<int, Func<Task>>(writer => () => traffic.WriteAsync((seed * 100) + writer)),
                .. Enumerable.Range(10, 2).Select<int, Func<Task>>(reader => () => traffic.ReadAsync((seed * 100) + reader)),
                () => traffic.MaintainAsync(seed),
            ]);

        await traffic.RequireRestAsync();
        await fixture.FlushIfPersistentAsync();
        await fixture.Store.ReclaimAsync().Guarded();
        await traffic.RequireRestAsync();
        fixture.Store.CollectMemory();
        traffic.Snapshots.Should().BeGreaterThan(100);
        traffic.Reclaimed.Should().BeGreaterThan(10_000);
        traffic.Refused.Should().BeLessThan(6_000 / 10);
    }
}
