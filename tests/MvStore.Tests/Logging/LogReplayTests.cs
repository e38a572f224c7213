using MvStore.Contracts;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>Replaying reads on one thread and links on several: what comes out is what was published.</summary>
public sealed class LogReplayTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 40)]
    [InlineData(3, 1_000)]
    public async Task D3_WhatSeveralThreadsReplayIsTheSameInTheSameOrder(int seed, int keys)
    {
        await using var fixture = await LogFixture.OpenAsync();
        var random = new Random(seed);
        var versions = new HashSet<ulong>();
        for (ulong i = 1; i <= 3_000; i++)
        {
            // One in eight is late; the sizes differ, so that threads overtake one another.
            var version = random.Next(8) == 0 ? (ulong)random.NextInt64(1, (long)(i * 10)) : i * 10;
            if (!versions.Add(version))
            {
                continue;
            }

            var batch = new WriteBatch();
            for (var rows = random.Next(12); rows >= 0; rows--)
            {
                var key = Bytes.Of((ulong)random.Next(keys));
                batch = random.Next(6) == 0 ? batch.Remove(key) : batch.Set(key, Bytes.OfLength(random.Next(300)));
            }

            await fixture.Store.CommitAsync(batch, version).Guarded();
        }

        await fixture.Store.CommitAsync(new WriteBatch(), 40_000, Durability.Durable).Guarded();
        var before = await fixture.ShowAsync(1, 10_000, 20_005, 29_999);
        var statistics = fixture.Store.GetStatistics();

        await fixture.CrashAsync();

        fixture.Store.GetStatistics().PublishedSequence.Should().Be(statistics.PublishedSequence);
        (await fixture.ShowAsync(1, 10_000, 20_005, 29_999)).Should().Equal(before);
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        (await fixture.ShowAsync(1, 10_000, 20_005, 29_999)).Should().Equal(before, "finality of entries came through");
    }

    [Fact]
    public async Task D3_ManyCommitsOfAFewBytesComeBack()
    {
        await using var fixture = await LogFixture.OpenAsync();
        for (ulong version = 1; version <= 1_000; version++)
        {
            await fixture.Store.SetAsync(version, $"{version:D4}", "x");
        }

        await fixture.Store.CommitAsync(new WriteBatch(), 1_001, Durability.Durable).Guarded();
        var before = await fixture.ShowAsync(500);
        await fixture.CrashAsync();
        before.Should().HaveCount(1_500);
        (await fixture.ShowAsync(500)).Should().Equal(before);
    }

    [Fact]
    public async Task I1_BehindACommitThatCouldNotBeLinkedNoMoreAreTaken()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var failure = new FailureLatch();
        await using var workers = new ReplayWorkers(((MultiVersionStore)fixture.Store).Stages.Committer, failure, memoryStep: 1 << 20);
        workers.HandOver(await workers.BeginGroupAsync(default));
        await workers.DrainAsync(default).Guarded();

        failure.TrySet(new InsufficientMemoryException());
        var next = () => workers.BeginGroupAsync(default).Guarded();
        await next.Should().ThrowAsync<StoreFailedException>();
        var drain = () => workers.DrainAsync(default).Guarded();
        await drain.Should().ThrowAsync<StoreFailedException>();
    }

    [Fact]
    public async Task B1_WhatIsReplayedBelowWhatTheTierHasHidesNothingThere()
    {
        await using var fixture = await LogFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Remove("a").Set("b", "50"), 50);
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "45").Set("b", "45"), 45, Durability.Durable).Guarded();

        await fixture.CrashAsync();

        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        (await fixture.Store.ReadAsync("b")).Should().Be("50@50");
        (await fixture.Store.ScanAllAsync(50)).Should().Equal("b=50@50");
        (await fixture.Store.ScanAllAsync(45)).Should().Equal("a=45@45", "b=45@45");
    }
}
