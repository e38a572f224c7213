using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A9 and A13: commits run at once, and every member may be called from any thread.</summary>
public sealed class ConcurrencyTests
{
    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A9_CommitsFromManyThreadsAreAllPublished(StoreStorage storage)
    {
        const int Threads = 4;
        const int PerThread = 500;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        var receipts = new CommitReceipt[Threads * PerThread];
        await Crowd.RunAsync([.. Enumerable.Range(0, Threads).Select<int, Func<Task>>(thread => () => CommitAsync(thread))]);

        receipts.Select(receipt => receipt.Sequence).Order().Should().Equal(Enumerable.Range(1, receipts.Length).Select(i => (ulong)i));
        store.VisibleVersion.Should().Be((CommitVersion)(ulong)receipts.Length);
        (await store.HistoryAsync("shared")).Should().HaveCount(receipts.Length);
        (await store.ScanAllAsync(CommitVersion.Latest)).Should().HaveCount(receipts.Length + 1);

        async Task CommitAsync(int thread)
        {
            for (var i = 0; i < PerThread; i++)
            {
                var version = (ulong)((i * Threads) + thread + 1);
                receipts[version - 1] = await store.CommitAsync(
                    new WriteBatch().Set("shared", $"{version}").Set($"own{version:D5}", "1"), version);
                (await store.ReadAsync($"own{version:D5}")).Should().Be($"1@{version}", "a commit is visible once it returns");
            }
        }
    }

    [Fact]
    public async Task A9_ACommitterDoesNotWaitForAFlushInProgress()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        using var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();

        // Fresh, late, empty, of the same key and of another: none of them has anything to wait for.
        AssertImmediate(fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set("b", "2"), 20));
        AssertImmediate(fixture.Store.CommitAsync(new WriteBatch().Set("a", "late"), 5));
        AssertImmediate(fixture.Store.CommitAsync(new WriteBatch(), 30));
        (await fixture.Store.ReadAsync("a")).Should().Be("2@20");
        flush.IsCompleted.Should().BeFalse();

        hold.Release();
        await flush.Guarded();

        static void AssertImmediate(ValueTask<CommitReceipt> commit)
            => commit.IsCompletedSuccessfully.Should().BeTrue("a buffered commit waits for nothing but memory");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A13_EveryMemberOfTheStoreMayBeCalledFromAnyThread(StoreStorage storage)
    {
        const int Rounds = 40;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 64);
        var store = fixture.Store;
        await store.CommitAsync(Batch(), 1);
        var members = StoreMembers.All(storage).Where(member => member.Name != nameof(IAsyncDisposable.DisposeAsync)).ToArray();

        await Crowd.RunAsync([.. Enumerable.Range(0, 6).Select<int, Func<Task>>(thread => () => CallAsync(thread))]);

        (await store.ReadAsync("b")).Should().StartWith("1@");
        (await store.ReadAsync("c")).Should().BeNull();
        store.GetOpenSnapshots().Should().BeEmpty();

        async Task CallAsync(int thread)
        {
            for (var i = 0; i < Rounds; i++)
            {
                try
                {
                    await store.CommitAsync(Batch(), StoreMembers.NextVersion());
                    await members[(i + (thread * 7)) % members.Length].Call(store);
                }
                catch (BelowFloorException)
                {
                    // Others committed and reclaimed between taking a version and committing it.
                }
            }
        }

        static WriteBatch Batch() => new WriteBatch().Set("a", "1").Set("b", "1").Remove("c");
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A13_EveryMemberOfOneSnapshotMayBeCalledFromAnyThread(StoreStorage storage)
    {
        const int Rounds = 60;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var store = fixture.Store;
        await store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Remove("c"), 1).Guarded();
        using var snapshot = store.OpenSnapshot(CommitVersion.Latest, "shared");
        var members = SnapshotMembers.All();

        await Crowd.RunAsync(
            [.. Enumerable.Range(0, 4).Select<int, Func<Task>>(thread => () => CallAsync(thread)), DisturbAsync]);

        async Task CallAsync(int thread)
        {
            for (var i = 0; i < Rounds; i++)
            {
                await members[(i + thread) % members.Count].Call(snapshot);
                (await snapshot.ScanAllAsync()).Should().Equal("a=1@1", "b=1@1");
            }
        }

        async Task DisturbAsync()
        {
            for (ulong version = 2; version < Rounds; version++)
            {
                await store.CommitAsync(new WriteBatch().Set("a", "2").Remove("b").Set("c", "2"), version);
                if (storage != StoreStorage.None && version % 10 == 0)
                {
                    await store.FlushAsync();
                    store.Evict(0);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A13_ASnapshotDisposedUnderItsReadersAnswersRightOrNotAtAll(StoreStorage storage)
    {
        const int Rounds = 60;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        var store = fixture.Store;
        var last = 1UL;
        await store.SetAsync(last, "a", "1");
        for (var i = 0; i < Rounds; i++)
        {
            var snapshot = store.OpenSnapshot(CommitVersion.Latest, "disposed early");
            var expected = $"a={last}@{last}";
            last++;
            await Crowd.RunAsync(() => ReadAsync(snapshot, expected), () => ReadAsync(snapshot, expected), () => OverwriteAsync(snapshot));
        }

        static async Task ReadAsync(ISnapshot snapshot, string expected)
        {
            try
            {
                while (true)
                {
                    (await snapshot.ScanAllAsync()).Should().Equal(expected);
                    (await snapshot.ReadAsync("a")).Should().Be(expected["a=".Length..]);
                }
            }
            catch (ObjectDisposedException)
            {
                // The other thread got there first.
            }
        }

        async Task OverwriteAsync(ISnapshot snapshot)
        {
            await store.SetAsync(last, "a", $"{last}");
            snapshot.Dispose();
            await fixture.FlushIfPersistentAsync();

            await store.ReclaimAsync();
        }
    }
}
