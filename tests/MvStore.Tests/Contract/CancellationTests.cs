using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A12: what a cancelled commit leaves, and that the caller is told.</summary>
public sealed class CancellationTests
{
    private static readonly CancellationToken Cancelled = new(canceled: true);

    [Theory]
    [InlineData(StoreStorage.None, Durability.Buffered, 20UL)]
    [InlineData(StoreStorage.None, Durability.Buffered, 5UL)]
    [InlineData(StoreStorage.InMemory, Durability.Buffered, 20UL)]
    [InlineData(StoreStorage.InMemory, Durability.Durable, 20UL)]
    [InlineData(StoreStorage.InMemory, Durability.Durable, 5UL)]
    public async Task A12_CancelledBeforePublicationLeavesNothing(StoreStorage storage, Durability durability, ulong version)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set("b", "2"), version, durability, Cancelled).Guarded());

        error.Should().NotBeOfType<DurabilityWaitCanceledException>();
        error.CancellationToken.Should().Be(Cancelled);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@10");
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(1);
        (await fixture.Store.SetAsync(version, "a", "3")).Sequence.Should().Be(2);
    }

    [Fact]
    public async Task A12_ALateCommitCancelledWhileItIsCheckedLeavesNothing()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.SetAsync(20, "a", "1");
        await fixture.SettleAsync(Residency.Evicted);
        using var hold = fixture.Tier.HoldReads();
        using var firstCancellation = new CancellationTokenSource();
        using var secondCancellation = new CancellationTokenSource();
        var first = fixture.Store.CommitAsync(
            new WriteBatch().Set("a", "2"), 10, Durability.Buffered, firstCancellation.Token).AsTask();
        await hold.Reached.Guarded();
        var second = fixture.Store.CommitAsync(
            new WriteBatch().Set("a", "3"), 11, Durability.Durable, secondCancellation.Token).AsTask();

        await secondCancellation.CancelAsync();
        await AssertLeftNothingAsync(second);
        await firstCancellation.CancelAsync();
        await AssertLeftNothingAsync(first);
        hold.Release();

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@20");
        await fixture.Store.SetAsync(10, "a", "4");
        await fixture.Store.SetAsync(11, "a", "5");
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@20", "a=5@11", "a=4@10");

        static async Task AssertLeftNothingAsync(Task commit)
        {
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => commit.Guarded());
            error.Should().NotBeOfType<DurabilityWaitCanceledException>();
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.StoragesThatFlush), MemberType = typeof(TestCases))]
    public async Task A12_CancellingTheWaitForDurabilityDoesNotUndoThePublication(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        using var hold = fixture.Tier.HoldApplies();
        using var cancellation = new CancellationTokenSource();
        var commit = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable, cancellation.Token).AsTask();
        await hold.Reached.Guarded();
        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => commit.Guarded());

        error.Version.Should().Be((CommitVersion)10);
        error.CancellationToken.Should().Be(cancellation.Token);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        hold.Release();
        await fixture.Store.WaitForDurableAsync(10).Guarded();
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task A12_OneCancelledWaitLeavesTheOthersWaiting()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        using var cancellation = new CancellationTokenSource();
        var patient = fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).AsTask();
        var impatient = fixture.Store.CommitAsync(new WriteBatch().Set("b", "1"), 20, Durability.Durable, cancellation.Token).AsTask();
        await hold.Reached.Guarded();
        await cancellation.CancelAsync();
        await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => impatient.Guarded());
        patient.IsCompleted.Should().BeFalse();

        hold.Release();
        await patient.Guarded();
        await fixture.Store.FlushAsync().Guarded();
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@10", "b=1@20");
    }

    [Fact]
    public async Task A12_WaitsAndFlushesThatAreCancelledSayThatWhatIsPublishedStays()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        using var hold = fixture.Tier.HoldApplies();
        using var cancellation = new CancellationTokenSource();
        var wait = fixture.Store.WaitForDurableAsync(10, cancellation.Token).AsTask();
        var flush = fixture.Store.FlushAsync(cancellation.Token).AsTask();
        await hold.Reached.Guarded();
        await cancellation.CancelAsync();

        (await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => wait.Guarded())).Version.Should().Be((CommitVersion)10);
        await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => flush.Guarded());
        await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => fixture.Store.FlushAsync(Cancelled).Guarded());
        await Assert.ThrowsAsync<DurabilityWaitCanceledException>(() => fixture.Store.WaitForDurableAsync(10, Cancelled).Guarded());
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task A12_ACommitCancelledAfterItReturnedIsNotTouched()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        using var cancellation = new CancellationTokenSource();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Buffered, cancellation.Token).Guarded();
        await cancellation.CancelAsync();

        await fixture.Store.FlushAsync().Guarded();

        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }
}
