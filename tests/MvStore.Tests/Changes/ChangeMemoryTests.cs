using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>What recent commits take of the memory of a store.</summary>
public sealed class ChangeMemoryTests
{
    [Fact]
    public async Task I69_WhatRecentCommitsTakeIsCountedAsLongAsSomebodyFollows()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.Buffer.HardLimit = 32 << 20);
        await fixture.Store.SetAsync(1, "a", "1");
        var before = fixture.Store.GetStatistics();
        before.ChangeFeedBytes.Should().Be(0);
        await using (var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning))
        await using (var second = new ChangeStream(fixture.Store, ChangePosition.Beginning))
        {
            await stream.NextAsync();
            var during = fixture.Store.GetStatistics();
            during.ChangeFeedBytes.Should().BeInRange(2 << 20, 3 << 20);
            (during.MemoryBytes - before.MemoryBytes).Should().Be(during.ChangeFeedBytes);
            await second.NextAsync();
            fixture.Store.GetStatistics().ChangeFeedBytes.Should().Be(during.ChangeFeedBytes, "there is one for all");
        }

        fixture.Store.GetStatistics().ChangeFeedBytes.Should().Be(0);
        fixture.Store.GetStatistics().MemoryBytes.Should().Be(before.MemoryBytes);
    }

    [Fact]
    public async Task I69_WhoOnlyCatchesUpTakesNone()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.SetAsync(2, "a", "2");
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning, new ChangeReadOptions { Follow = false });
        (await stream.NextAsync()).Should().Be("1@1 a=1");
        fixture.Store.GetStatistics().ChangeFeedBytes.Should().Be(0);
        (await stream.NextAsync()).Should().Be("2@2 a=2");
    }

    [Fact]
    public async Task D5_ACommitThatWaitsForRoomIsLetInWhenThereIsNobodyWhoFollowsAnyMore()
    {
        await using var fixture = await CrampedStore.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(1, "a", "1");
        Task<CommitReceipt> waiting;
        await using (var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning))
        {
            await stream.NextAsync();
            fixture.Store.GetStatistics().ChangeFeedBytes.Should().BeGreaterThanOrEqualTo(CrampedStore.Limit / 16);
            (waiting, _) = fixture.Fill(first: 2);
            waiting.IsCompleted.Should().BeFalse();
        }

        await waiting.Guarded();
    }
}
