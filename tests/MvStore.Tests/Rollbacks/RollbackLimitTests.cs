using MvStore.Remote;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Rollbacks;

/// <summary>A rollback that is more than one commit may be, one that is cancelled, and what either leaves: nothing.</summary>
public sealed class RollbackLimitTests
{
    [Fact]
    public async Task D5_MoreThanMemoryMayTakeIsRefusedBeforeAnythingIsApplied()
    {
        const long limit = 1 << 20;
        long? hardLimit = null;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.Buffer.HardLimit = hardLimit);
        var removed = new WriteBatch();
        for (ulong version = 1; version <= 80; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), Bytes.OfLength(20_000)), version).Guarded();
            removed.Remove(Bytes.Of(version));
        }

        await fixture.Store.CommitAsync(removed, 90).Guarded();
        hardLimit = limit;
        await fixture.ReopenAsync();

        var preview = await fixture.Store.PreviewRollbackAsync(80, 100).Guarded();
        preview.Totals.SetKeys.Should().Be(80);
        preview.ExceededLimit.Should().Be("Buffer.HardLimit");
        var refused = await Assert.ThrowsAsync<RollbackTooLargeException>(() => fixture.Store.RollBackAsync(80, 100).Guarded());
        refused.LimitName.Should().Be("Buffer.HardLimit");
        refused.Limit.Should().Be(limit);
        refused.Needed.Should().BeInRange(limit + 1, limit + 40_000, "it is not worked out whole");
        refused.Message.Should().Contain("Buffer.HardLimit").And.Contain($"{limit}");
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(81);
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().BeEmpty();
        (await fixture.Store.PreviewReclamationAsync().Guarded()).Pins.Should().BeEmpty();
        (await fixture.Store.RollBackAsync(80, 100, KeyRange.Until(Bytes.Of(11UL))).Guarded()).Totals.SetKeys.Should().Be(10, "that part fits");
    }

    [Theory]
    [InlineData(4, long.MaxValue, "keys of a slice of the persistent tier")]
    [InlineData(int.MaxValue, 50L, "bytes of a slice of the persistent tier")]
    public async Task A3_MoreThanTheTierTakesAtOnceIsRefusedBeforeAnythingIsApplied(int maxRows, long maxBytes, string limit)
    {
        var server = new RemoteServer(new TierCapabilities { MaxBatchRows = maxRows, MaxBatchBytes = maxBytes, Durability = TierDurability.Replicated, ResolvesDoubt = true });
        var time = new HastyTime();
        await using var store = await new MvStoreBuilder()
            .Configure(StoreFixture.Quiet)
            .UseTimeProvider(time)
            .UsePersistentTier(new RemoteTier(new RemoteNetwork(server, time)))
            .OpenAsync()
            .Guarded();
        for (ulong version = 1; version <= 5; version++)
        {
            await store.SetAsync(version, $"{version}", "0123456789");
        }

        var refused = await Assert.ThrowsAsync<RollbackTooLargeException>(() => WithAllRemovedAsync(store));
        refused.LimitName.Should().Be(limit);
        (await store.PreviewRollbackAsync(5, 30).Guarded()).Should().Be(new RollbackPreview(new RollbackTotals(5, 0, 55), limit));
        store.GetStatistics().PublishedSequence.Should().Be(10);
        (await store.RollBackAsync(5, 30, KeyRange.Until("4"u8)).Guarded()).Totals.SetKeys.Should().Be(3, "that part fits");
    }

    [Fact]
    public async Task D5_MoreThanTheLogTakesIsRefusedBeforeAnythingIsApplied()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.LoggedSqlite, o =>
        {
            o.CommitLog.SegmentBytes = 1 << 20;
            o.CommitLog.MaxBytes = 4 << 20;
        });
        for (ulong version = 1; version <= 30; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), Bytes.OfLength(100_000)), version).Guarded();
            await fixture.Store.FlushAsync().Guarded();
        }

        var removed = new WriteBatch();
        for (ulong version = 1; version <= 30; version++)
        {
            removed.Remove(Bytes.Of(version));
        }

        await fixture.Store.CommitAsync(removed, 40).Guarded();
        var refused = await Assert.ThrowsAsync<RollbackTooLargeException>(() => fixture.Store.RollBackAsync(30, 50).Guarded());
        refused.LimitName.Should().Be("CommitLog.MaxBytes");
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().BeEmpty();
        (await fixture.Store.RollBackAsync(30, 50, KeyRange.Until(Bytes.Of(11UL))).Guarded()).Totals.SetKeys.Should().Be(10);
    }

    [Fact]
    public async Task A12_CancelledBeforePublicationItLeavesNothing()
    {
        await using var fixture = await RollbackTests.OpenAsync(StoreStorage.InMemory);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Store.RollBackAsync(10, 40, cancellationToken: new CancellationToken(canceled: true)).Guarded());
        await fixture.SettleAsync(Residency.Evicted);
        using var hold = fixture.Tier.HoldReads();
        using var cancellation = new CancellationTokenSource();
        var rollback = fixture.Store.RollBackAsync(10, 40, cancellationToken: cancellation.Token).AsTask();
        await hold.Reached.Guarded();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rollback.Guarded());
        hold.Release();
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(3);
        (await fixture.Store.PreviewReclamationAsync().Guarded()).Pins.Should().BeEmpty("it lets go of what it pinned");
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("back=1@30", "changed=2@20", "made=3@30", "same=1@10");
        (await fixture.Store.RollBackAsync(10, 40).Guarded()).Attempts.Should().Be(1);
    }

    [Fact]
    public async Task A12_CancelledAfterPublicationItStands()
    {
        await using var fixture = await RollbackTests.OpenAsync(StoreStorage.InMemory);
        using var hold = fixture.Tier.HoldApplies();
        using var cancellation = new CancellationTokenSource();
        var rollback = fixture.Store.RollBackAsync(10, 40, durability: Durability.Durable, cancellationToken: cancellation.Token).AsTask();
        await hold.Reached.Guarded();
        (await fixture.Store.ScanAllAsync(40)).Should().Equal("back=1@30", "changed=1@40", "deleted=1@40", "same=1@10");
        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => rollback.Guarded());
        hold.Release();
        (await fixture.Store.ScanAllAsync(40)).Should().Equal("back=1@30", "changed=1@40", "deleted=1@40", "same=1@10");
        await fixture.Store.SetAsync(50, "after", "1");
    }

    [Fact]
    public async Task F3_ATierThatCannotAnswerEndsIt()
    {
        await using var fixture = await RollbackTests.OpenAsync(StoreStorage.InMemory);
        await fixture.SettleAsync(Residency.Evicted);
        fixture.Tier.AnswerScan = _ => throw new PersistentTierException(TierFailure.Damaged, "A row is damaged.");
        (await Assert.ThrowsAsync<PersistentTierException>(() => fixture.Store.RollBackAsync(10, 40).Guarded())).Failure.Should().Be(TierFailure.Damaged);
        fixture.Tier.AnswerScan = null;
        (await fixture.Store.RollBackAsync(10, 40).Guarded()).Commit.Sequence.Should().Be(4);
    }

    private static async Task WithAllRemovedAsync(IMultiVersionStore store)
    {
        for (ulong version = 1; version <= 5; version++)
        {
            await store.RemoveAsync(version + 10, $"{version}");
        }

        await store.RollBackAsync(5, 30).Guarded();
    }
}
