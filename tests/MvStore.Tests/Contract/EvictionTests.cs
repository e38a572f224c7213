using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D6: only durable data leaves memory, and nothing is ever in neither tier for a reader.</summary>
public sealed class EvictionTests
{
    [Theory]
    [MemberData(nameof(TestCases.StoragesThatFlush), MemberType = typeof(TestCases))]
    public async Task D6_OnlyDurableVersionsLeaveMemory(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 10, Durability.Durable).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Remove("c"), 20).Guarded();
        fixture.Store.GetStatistics().BufferedVersions.Should().Be(4);

        fixture.Store.Evict(0).Should().BePositive();

        var statistics = fixture.Store.GetStatistics();
        statistics.BufferedVersions.Should().Be(2);
        statistics.UnflushedCommits.Should().Be(1);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=1@10", "c=-@20");

        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        fixture.Store.GetStatistics().BufferedVersions.Should().Be(0);
        fixture.Store.GetStatistics().BufferedKeys.Should().Be(0);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10", "b=1@10", "c=-@20");
    }

    [Fact]
    public async Task D6_NothingLeavesMemoryWhileItsFlushIsUnderWay()
    {
        await using var fixture = await StoreFixture.OpenAsync(configure: o => o.Buffer.MemoryBudget = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        using var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();

        fixture.Store.Evict(0).Should().Be(0);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        fixture.Tier.Reads.Should().Be(0);

        hold.Release();
        await flush.Guarded();
    }

    [Fact]
    public async Task D6_AVersionAboveAnUnflushedOneMayLeaveButNotTheUnflushedOne()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "new"), 20, Durability.Durable).Guarded();
        await fixture.Store.SetAsync(10, "a", "late");
        fixture.Store.Evict(0);

        fixture.Store.GetStatistics().BufferedVersions.Should().BeGreaterThanOrEqualTo(1);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=new@20", "a=late@10");
        (await fixture.Store.ReadAsync("a")).Should().Be("new@20");
        (await fixture.Store.ReadAsync("a", 15)).Should().Be("late@10");
    }

    [Fact]
    public async Task D6_TheBudgetIsKeptAfterAFlush()
    {
        const long Budget = 20_000;
        await using var fixture = await StoreFixture.OpenAsync(configure: o => o.Buffer.MemoryBudget = Budget);
        for (ulong version = 1; version <= 300; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), Bytes.OfLength(200)), version).Guarded();
        }

        fixture.Store.GetStatistics().BufferedBytes.Should().BeGreaterThan(Budget, "nothing is durable yet");
        await fixture.Store.FlushAsync().Guarded();

        // The flusher evicts after it wakes the waiters; a second flush is behind that.
        await fixture.Store.CommitAsync(new WriteBatch(), 301, Durability.Durable).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch(), 302, Durability.Durable).Guarded();
        fixture.Store.GetStatistics().BufferedBytes.Should().BeLessThanOrEqualTo(Budget);
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().HaveCount(300);
    }

    [Fact]
    public async Task D6_EvictingToATargetStopsThere()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        for (ulong version = 1; version <= 200; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), Bytes.OfLength(100)), version).Guarded();
        }

        await fixture.Store.FlushAsync().Guarded();
        var before = fixture.Store.GetStatistics().BufferedBytes;
        fixture.Store.Evict(before).Should().Be(0);
        fixture.Store.Evict(long.MaxValue).Should().Be(0);

        var dropped = fixture.Store.Evict(before / 2);

        var after = fixture.Store.GetStatistics().BufferedBytes;
        after.Should().BeLessThanOrEqualTo(before / 2).And.BeGreaterThan(before / 4);
        dropped.Should().Be(before - after);
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task D6_AtNoInstantIsAVersionInNeitherTier(StoreStorage storage)
    {
        const int Keys = 16;
        const int Rounds = 120;
        const int Reads = 1_500;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        var published = 0;
        await CommitAllAsync(1);
        Volatile.Write(ref published, 1);
        var lost = new List<string>();

        await Crowd.RunAsync(WriteAsync, MoveAsync, () => ReadAsync(1), () => ReadAsync(2), () => ReadAsync(3));

        lost.Should().BeEmpty();

        async Task WriteAsync()
        {
            for (var version = 2; version <= Rounds; version++)
            {
                await CommitAllAsync((ulong)version);
                Volatile.Write(ref published, version);
            }
        }

        async Task MoveAsync()
        {
            for (var i = 0; i < Rounds; i++)
            {
                await store.FlushAsync();
                store.Evict(0);
            }
        }

        async Task ReadAsync(int seed)
        {
            var random = new Random(seed);
            for (var i = 0; i < Reads / 3; i++)
            {
                var at = (ulong)random.Next(1, Volatile.Read(ref published) + 1);
                var key = random.Next(Keys);
                var found = (i % 3) switch
                {
                    0 => await store.ReadAsync($"key{key:D2}", at),
                    1 => (await store.ScanAllAsync(at)).SingleOrDefault(row => row.StartsWith($"key{key:D2}", StringComparison.Ordinal))?[6..],
                    _ => StoreTexts.Show((await store.GetPreviousAsync(Bytes.Of($"key{key:D2}"), at + 1)).Row),
                };
                if (found != $"{at}@{at}")
                {
                    lock (lost)
                    {
                        lost.Add($"key{key:D2} at {at}: {found ?? "nothing"}");
                    }
                }
            }
        }

        async Task CommitAllAsync(ulong version)
        {
            var batch = new WriteBatch();
            for (var key = 0; key < Keys; key++)
            {
                batch.Set($"key{key:D2}", $"{version}");
            }

            await store.CommitAsync(batch, version);
        }
    }
}
