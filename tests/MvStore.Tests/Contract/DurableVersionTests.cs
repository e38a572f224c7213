using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

public sealed class DurableVersionTests
{
    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    [InlineData(StoreStorage.LoggedSqlite)]
    public async Task A10_WhoeverWaitedSeesTheDurableVersionAtOnce(StoreStorage storage)
    {
        // Waiters were once woken before the commits had left the queue, and a floor could stay behind.
        const int Rounds = 300;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        for (ulong version = 1; version <= Rounds; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
            await fixture.Store.FlushAsync();
            fixture.Store.DurableVersion.Should().Be((CommitVersion)version);
            fixture.Store.GetStatistics().UnflushedCommits.Should().Be(0);
            (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)version);
        }
    }
}
