using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>What happens while a consumer is in the middle of something: reads history, waits, or was told a part.</summary>
public sealed class ChangeSeamTests
{
    private const int Megabyte = 1 << 20;

    [Fact]
    public async Task A2_WhatIsPublishedWhileHistoryIsReadIsToldAfterItOnce()
    {
        await using var fixture = await OpenEvictedAsync();
        var hold = fixture.Tier.HoldReads();
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        var first = stream.NextAsync();
        await hold.Reached.Guarded();
        await fixture.Store.SetAsync(4, "a", "4");
        await fixture.Store.SetAsync(5, "b", "5");
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        hold.Release();

        (await first).Should().Be("1@1 a=1");
        (await stream.NextAsync(3)).Should().Equal("2@3 a=3", "3@4 a=4", "4@5 b=5");
        await fixture.Store.SetAsync(6, "a", "6");
        (await stream.NextAsync()).Should().Be("5@6 a=6");
    }

    [Fact]
    public async Task E1_WhatIsReclaimedWhileHistoryIsReadIsRefused()
    {
        await using var fixture = await OpenEvictedAsync();
        var hold = fixture.Tier.HoldReads();
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        var first = stream.NextAsync();
        await hold.Reached.Guarded();
        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().BePositive();
        hold.Release();

        (await Assert.ThrowsAsync<ChangesReclaimedException>(() => first)).Oldest.Should().Be(2);
    }

    [Fact]
    public async Task A2_WhoWaitsIsToldOfACommitThatIsTooLargeToBeKept()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.Buffer.MaxValueLength = 2 * Megabyte);
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning, new ChangeReadOptions { IncludeValues = false });
        var next = stream.NextAsync();
        var large = new WriteBatch();
        for (var key = 0; key < 9; key++)
        {
            large.Set(Bytes.Of($"{key}"), new byte[Megabyte]);
        }

        await fixture.Store.CommitAsync(large, 1);
        (await next).Should().Be("1@1 " + string.Join(' ', Enumerable.Range(0, 9).Select(k => $"{k}=")));
        await fixture.Store.SetAsync(2, "a", "2");
        (await stream.NextAsync()).Should().Be("2@2 a=");
    }

    [Fact]
    public async Task D3_ADurableConsumerIsToldOfNothingThatIsNotOnDisk()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        var durable = new ChangeReadOptions { DurableOnly = true };
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning, durable);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.FlushAsync().Guarded();
        (await stream.NextAsync()).Should().Be("1@1 a=1");

        // From the ring, and from history by one who comes later.
        var hold = fixture.Tier.HoldApplies();
        await fixture.Store.SetAsync(2, "a", "2");
        var next = stream.NextAsync();
        await using var later = new ChangeStream(fixture.Store, ChangePosition.Beginning, durable);
        (await later.NextAsync()).Should().Be("1@1 a=1");
        var nextOfLater = later.NextAsync();
        await hold.Reached.Guarded();
        await fixture.Store.SetAsync(3, "a", "3");
        fixture.Store.GetStatistics().DurableSequence.Should().Be(1);
        (next.IsCompleted, nextOfLater.IsCompleted).Should().Be((false, false), "nothing can be durable while the tier takes nothing");
        hold.Release();
        (await next).Should().Be("2@2 a=2");
        (await nextOfLater).Should().Be("2@2 a=2");
        (await stream.NextAsync()).Should().Be("3@3 a=3");
    }

    [Fact]
    public async Task E1_AHoldIsInForceFromItsClaimToItsNote()
    {
        await using var fixture = await OpenEvictedAsync();
        await fixture.Store.HoldChangesAsync("feed", ChangePosition.Beginning, TimeSpan.FromHours(1)).Guarded();
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        await stream.NextAsync();

        // Its note is not written: the one before it stays, with all that it holds.
        fixture.Tier.FailNotes(new PersistentTierException(TierFailure.Fatal, "planned"));
        await Assert.ThrowsAnyAsync<MvStoreException>(() => fixture.Store.HoldChangesAsync("feed", stream.Position, TimeSpan.FromHours(1)).Guarded());
        fixture.Store.GetChangeHolds().Should().ContainSingle(h => h.After == ChangePosition.Beginning);
        await fixture.CrashAsync();
        await fixture.Store.ReclaimAsync().Guarded();
        await using var again = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        (await again.NextAsync(2)).Should().Equal("1@1 a=1", "2@3 a=3");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task E1_AHoldWhoseEndIsNotNotedHoldsOn(bool moves)
    {
        await using var fixture = await OpenEvictedAsync();
        await fixture.Store.HoldChangesAsync("feed", ChangePosition.Beginning, TimeSpan.FromHours(1)).Guarded();
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        await stream.NextAsync(2);

        // A crash would find the hold in the note, so nothing it holds may go before.
        fixture.Tier.FailNotes(new PersistentTierException(TierFailure.Fatal, "planned"));
        Func<Task> end = moves
            ? () => fixture.Store.HoldChangesAsync("feed", stream.Position, TimeSpan.FromHours(1)).Guarded()
            : () => fixture.Store.ReleaseChangesAsync("feed").Guarded();
        await Assert.ThrowsAnyAsync<MvStoreException>(end);
        (await fixture.Store.ReclaimAsync().Guarded()).ReclaimedVersions.Should().Be(0);
        fixture.Store.GetFloor().Should().Be(CommitVersion.Zero);
        await using var again = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        (await again.NextAsync(2)).Should().Equal("1@1 a=1", "2@3 a=3");
    }

    private static async Task<StoreFixture> OpenEvictedAsync()
    {
        var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.SetAsync(3, "a", "3");
        await fixture.SettleAsync(Residency.Evicted);
        return fixture;
    }
}
