using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A13: figures may be asked for at any time, by anyone.</summary>
public sealed class StatisticsTests
{
    [Fact]
    public async Task D2_TheAgeOfTheOldestUnflushedCommitIsTold()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var store = fixture.Store;
        fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        store.GetStatistics().OldestUnflushedAge.Should().Be(TimeSpan.Zero, "nothing waits");
        await store.SetAsync(10, "a", "1");
        fixture.Clock.Advance(TimeSpan.FromSeconds(2));
        await store.SetAsync(20, "a", "2");
        fixture.Clock.Advance(TimeSpan.FromSeconds(3));

        store.GetStatistics().OldestUnflushedAge.Should().Be(TimeSpan.FromSeconds(5));
        await store.FlushAsync().Guarded();

        store.GetStatistics().OldestUnflushedAge.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public async Task D4_TheFirstFailureThatStoppedTheStoreIsTold()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        fixture.LosesCommits = true;
        var cause = new PersistentTierException(TierFailure.Fatal, "The first.");
        await fixture.Store.SetAsync(10, "a", "1");
        fixture.Tier.FailNextApplies(new PersistentTierException(TierFailure.Transient, "None that stops it."), cause);
        var flush = fixture.Store.FlushAsync().AsTask();
        await fixture.Clock.TimerStartedAsync(due => due == new FlushOptions().RetryDelay).Guarded();
        fixture.Store.GetStatistics().Failure.Should().BeNull();
        fixture.Clock.Advance(new FlushOptions().RetryDelay);
        await Assert.ThrowsAsync<StoreFailedException>(() => flush.Guarded());

        fixture.Store.GetStatistics().Failure.Should().BeSameAs(cause);
    }

    [Fact]
    public async Task A13_FiguresAreAskedForWhileKeysComeAndGo()
    {
        // Each round fills the index and empties it again, so that its nodes are freed under whoever counts keys.
        const int Rounds = 40;
        const int Keys = 2_000;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        var store = fixture.Store;
        var done = false;

        await Crowd.RunAsync([ComeAndGoAsync, AskAsync, AskAsync]);

        store.GetStatistics().BufferedKeys.Should().Be(0);

        async Task ComeAndGoAsync()
        {
            for (var round = 1; round <= Rounds; round++)
            {
                var batch = new WriteBatch();
                for (var i = 0; i < Keys; i++)
                {
                    batch.Set(Bytes.Of((ulong)i), [1]);
                }

                await store.CommitAsync(batch, (ulong)round).Guarded();
                store.GetStatistics().BufferedKeys.Should().Be(Keys);
                await store.FlushAsync().Guarded();
                store.Evict(0);
            }

            Volatile.Write(ref done, true);
        }

        async Task AskAsync()
        {
            while (!Volatile.Read(ref done))
            {
                store.GetStatistics().BufferedKeys.Should().BeInRange(0, Keys);
                await Task.Yield();
            }
        }
    }
}
