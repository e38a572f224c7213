using Microsoft.Extensions.Logging;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D5: at the hard limit commits wait, go on when there is room, or fail with the reason; reads never notice.</summary>
[Collection(nameof(ProcessEpochs))]
public sealed class BackpressureTests
{
    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task D5_ACommitWithoutRoomWaitsAndGoesOnWhenMemoryFalls(StoreStorage storage)
    {
        await using var fixture = await CrampedStore.OpenAsync(storage);
        using var hold = fixture.Tier.HoldApplies();
        var (waiting, version) = fixture.Fill();
        fixture.Store.GetStatistics().Stalls[StallReason.Memory].Waiting.Should().Be(1);
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)(version - 1));
        fixture.Clock.Advance(CrampedStore.MaxStall / 2);
        waiting.IsCompleted.Should().BeFalse();

        hold.Release();
        await fixture.LetInAsync(waiting);
        (await waiting).Sequence.Should().Be(version);

        await fixture.Store.RequireExactlyAsync(version);
        var stalls = fixture.Store.GetStatistics().Stalls[StallReason.Memory];
        stalls.Should().Be(new StallStatistics(1, 0, 0, stalls.Longest, stalls.Longest));
        stalls.Longest.Should().BeGreaterThanOrEqualTo(CrampedStore.MaxStall / 2);
    }

    [Fact]
    public async Task D5_AfterTheLongestStallACommitFailsWithTheReasonAndNothingIsApplied()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        var (waiting, version) = fixture.Fill();
        var shortest = TimeSpan.FromMilliseconds(1);
        fixture.Clock.Advance(CrampedStore.MaxStall - shortest);
        waiting.IsCompleted.Should().BeFalse();
        fixture.Clock.Advance(shortest);

        var error = await Assert.ThrowsAsync<CapacityExceededException>(() => waiting.Guarded());

        error.Reason.Should().Be(StallReason.Memory);
        error.LimitBytes.Should().Be(CrampedStore.Limit);
        error.UsedBytes.Should().BeInRange(CrampedStore.Limit / 2, CrampedStore.Limit);
        error.CommitBytes.Should().BeGreaterThan(20_000);
        (error.UsedBytes + error.CommitBytes).Should().BeGreaterThan(CrampedStore.Limit);
        error.Waited.Should().Be(CrampedStore.MaxStall);
        await fixture.Store.RequireExactlyAsync(version - 1);
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(version - 1);
        fixture.Store.GetStatistics().Stalls[StallReason.Memory].Refused.Should().Be(1);

        hold.Release();
        var again = fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), CrampedStore.Value(version)), version).AsTask();
        await fixture.LetInAsync(again);
        await again;
        await fixture.Store.RequireExactlyAsync(version);
    }

    [Fact]
    public async Task D5_ATierThatFailsForLongBoundsMemoryAndCommitsGoOnOnceItRecovers()
    {
        var patience = TimeSpan.FromHours(1);
        await using var fixture = await CrampedStore.OpenAsync(configure: o => o.Buffer.MaxStall = patience);
        var retryDelay = new FlushOptions().RetryDelay;
        var cause = new PersistentTierException(TierFailure.Transient, "The disk is full.");
        fixture.Tier.FailNextApplies([.. Enumerable.Repeat(cause, 1_000)]);
        var (waiting, version) = fixture.Fill();
        for (var round = 0; round < 3; round++)
        {
            await AttemptedAsync(round + 1);
            fixture.Clock.Advance(patience);
            var error = await Assert.ThrowsAsync<CapacityExceededException>(() => waiting.Guarded());
            error.InnerException.Should().BeSameAs(cause);
            fixture.Store.GetStatistics().MemoryBytes.Should().BeLessThanOrEqualTo(CrampedStore.Limit);
            await fixture.Store.RequireExactlyAsync(version - 1);
            waiting = fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), CrampedStore.Value(version)), version).AsTask();
            waiting.IsCompleted.Should().BeFalse();
        }

        fixture.Tier.FailNoMoreApplies();
        await fixture.Clock.AdvanceUntilAsync(waiting, TimeSpan.FromMilliseconds(100)).Guarded();

        await waiting;
        await fixture.Store.RequireExactlyAsync(version);

        // Of the timers only those of retries are this long.
        Task AttemptedAsync(int attempts) => fixture.Clock.TimerStartedAsync(due => due >= retryDelay && due < patience, attempts).Guarded();
    }

    [Fact]
    public async Task D5_InMemoryOnlyNothingLeavesButByReclamation()
    {
        await using var fixture = await CrampedStore.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 0);
        var (refused, version) = fixture.Fill();
        fixture.Clock.Advance(CrampedStore.MaxStall);
        await Assert.ThrowsAsync<CapacityExceededException>(() => refused.Guarded());
        await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(1UL), []).Set(Bytes.Of(2UL), []), version).Guarded();
        var waiting = fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(3UL), Bytes.OfLength(30_000)), version + 1).AsTask();
        waiting.IsCompleted.Should().BeFalse();

        await fixture.Store.ReclaimAsync().Guarded();

        await fixture.Clock.AdvanceUntilAsync(waiting, TimeSpan.FromMilliseconds(10)).Guarded();
        await waiting;
    }

    [Fact]
    public async Task D5_ACommitThatAloneIsMoreThanTheLimitIsRefusedAtOnce()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        await fixture.Store.SetAsync(1, "a", "1");

        var error = await Assert.ThrowsAsync<CapacityExceededException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set(Bytes.Of("b"), new byte[CrampedStore.Limit]), 2).Guarded());

        error.CommitBytes.Should().BeGreaterThan(error.LimitBytes);
        error.Waited.Should().Be(TimeSpan.Zero);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@1");
        fixture.Store.GetStatistics().Stalls[StallReason.Memory].Should().Be(new StallStatistics(0, 1, 0, TimeSpan.Zero, TimeSpan.Zero));
        await fixture.Store.SetAsync(2, "a", "3");
    }

    [Fact]
    public async Task D5_WithoutAStallACommitIsRefusedAtOnce()
    {
        await using var fixture = await CrampedStore.OpenAsync(StoreStorage.None, o => o.Buffer.MaxStall = TimeSpan.Zero);

        var error = await Assert.ThrowsAsync<CapacityExceededException>(() => fixture.Fill().Waiting.Guarded());

        error.Waited.Should().Be(TimeSpan.Zero);
        fixture.Store.GetStatistics().Stalls[StallReason.Memory].Refused.Should().Be(1);
    }

    [Fact]
    public async Task A12_CancellingTheWaitForRoomLeavesNothing()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        using var cancellation = new CancellationTokenSource();
        var (waiting, version) = fixture.Fill(cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Guarded());
        error.Should().NotBeOfType<DurabilityWaitCanceledException>();
        error.CancellationToken.Should().Be(cancellation.Token);
        await fixture.Store.RequireExactlyAsync(version - 1);
        hold.Release();
        var again = fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), CrampedStore.Value(version)), version).AsTask();
        await fixture.LetInAsync(again);
        await again;
    }

    [Fact]
    public async Task A5_ALateCommitWaitsForRoomToo()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        var (first, version) = fixture.Fill(first: 100);
        var late = fixture.Store.CommitAsync(new WriteBatch().Set("late", new string('x', 30_000)), 50).AsTask();
        var second = fixture.Store.CommitAsync(new WriteBatch().Set("later", new string('x', 30_000)), 49).AsTask();
        fixture.Store.GetStatistics().Stalls[StallReason.Memory].Waiting.Should().Be(3);
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(version - 100);

        hold.Release();

        var all = Task.WhenAll(first, late, second);
        await fixture.LetInAsync(all);
        await all;
        (await fixture.Store.ReadAsync("late")).Should().EndWith("@50");
        (await fixture.Store.ReadAsync("later")).Should().EndWith("@49");
    }

    [Fact]
    public async Task D9_DisposingEndsTheWaitForRoom()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        var (waiting, version) = fixture.Fill();
        var disposal = fixture.Store.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Guarded());
        disposal.IsCompleted.Should().BeFalse("the flush is held");

        hold.Release();
        await disposal.Guarded();
        await fixture.ReopenAsync();
        await fixture.Store.RequireExactlyAsync(version - 1);
    }

    [Fact]
    public async Task D4_WhoWaitsForRoomLearnsThatTheStoreHasFailed()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        fixture.LosesCommits = true;
        using var hold = fixture.Tier.HoldApplies();
        var cause = new PersistentTierException(TierFailure.InDoubt, "The sync failed.");
        fixture.Tier.FailNextApplies(cause);
        var (waiting, version) = fixture.Fill();

        hold.Release();

        (await Assert.ThrowsAsync<StoreFailedException>(() => waiting.Guarded())).InnerException.Should().BeSameAs(cause);
        await fixture.Store.RequireExactlyAsync(version - 1);
        await Assert.ThrowsAsync<StoreFailedException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), CrampedStore.Value(version)), version).Guarded());
    }

    [Fact]
    public async Task B11_ReadsGoOnWhileCommitsWait()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        var (waiting, version) = fixture.Fill();

        Guards.RequireAtOnce(fixture.Store.GetAsync(Bytes.Of(1UL), CommitVersion.Latest));
        await fixture.Store.RequireExactlyAsync(version - 1);
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        (await snapshot.ContainsAsync(Bytes.Of(version))).Should().BeFalse();
        fixture.Tier.Reads.Should().Be(0);

        hold.Release();
        await fixture.LetInAsync(waiting);
        await waiting;
    }

    [Fact]
    public async Task D5_StallsAreLoggedOnceFromTheFirstThatWaitsToTheLast()
    {
        await using var fixture = await CrampedStore.OpenAsync();
        using var hold = fixture.Tier.HoldApplies();
        var (first, version) = fixture.Fill();
        var second = fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version + 1), CrampedStore.Value(1)), version + 1).AsTask();
        var ended = fixture.Log.EntryAsync(entry => entry.Id.Id == 1501);
        hold.Release();
        var both = Task.WhenAll(first, second);
        await fixture.LetInAsync(both);
        await both;
        await ended.Guarded();

        fixture.Log.Entries.Where(entry => entry.Id.Id == 1500).Should().ContainSingle().Which.Level.Should().Be(LogLevel.Warning);
    }
}
