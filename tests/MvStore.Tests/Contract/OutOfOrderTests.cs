using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A5: versions out of order and with gaps, whichever tier each version is in.</summary>
public sealed class OutOfOrderTests
{
    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A5_ALateVersionNeverHidesANewerOne(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "new").Remove("gone"), 20).Guarded();
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "late").Set("gone", "late").Set("only", "late"), 10).Guarded();

        await AssertAsync();
        await fixture.SettleAsync(residency);
        await AssertAsync();

        async Task AssertAsync()
        {
            (await fixture.Store.ReadAsync("a")).Should().Be("new@20");
            (await fixture.Store.ReadAsync("gone")).Should().BeNull();
            (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("a=new@20", "only=late@10");
            (await fixture.Store.ScanAllAsync(20)).Should().Equal("a=new@20", "only=late@10");
            (await fixture.Store.ScanAllAsync(19)).Should().Equal("a=late@10", "gone=late@10", "only=late@10");
            (await fixture.Store.ScanAllAsync(9)).Should().BeEmpty();
            (await fixture.Store.ReadAsync("a", 10)).Should().Be("late@10");
            (await fixture.Store.HistoryAsync("a")).Should().Equal("new@20", "late@10");
            fixture.Store.VisibleVersion.Should().Be((CommitVersion)20);
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A5_ALateDeletionHidesOnlyWhatIsOlder(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(5, "a", "old");
        await fixture.Store.SetAsync(20, "a", "new");
        await fixture.SettleAsync(residency);
        await fixture.Store.RemoveAsync(10, "a");
        await fixture.SettleAsync(residency);

        (await fixture.Store.ReadAsync("a")).Should().Be("new@20");
        (await fixture.Store.ReadAsync("a", 19)).Should().BeNull();
        (await fixture.Store.ReadAsync("a", 10)).Should().BeNull();
        (await fixture.Store.ReadAsync("a", 9)).Should().Be("old@5");
        (await fixture.Store.HistoryAsync("a")).Should().Equal("new@20", "-@10", "old@5");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A5_LateVersionIsInvisibleToASnapshotOpenedBefore(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(5, "a", "old");
        await fixture.Store.SetAsync(20, "b", "new");
        await fixture.SettleAsync(residency);
        var store = fixture.Store;
        using var latest = store.OpenSnapshot(CommitVersion.Latest);
        using var between = store.OpenSnapshot(15);
        using var ahead = store.OpenSnapshot(1_000);

        await store.CommitAsync(new WriteBatch().Set("a", "late").Set("b", "late").Set("c", "late"), 10).Guarded();
        await store.CommitAsync(new WriteBatch().Set("a", "later").Remove("b"), 30).Guarded();
        await AssertUnchangedAsync();
        if (storage != StoreStorage.None)
        {
            // Wherever the older entries lie, the late one takes every path a store can give it while a snapshot is open.
            await store.FlushAsync().Guarded();
            await AssertUnchangedAsync();
            store.Evict(0);
            await AssertUnchangedAsync();
        }

        await store.ReclaimAsync().Guarded();
        await AssertUnchangedAsync();
        (await store.ScanAllAsync(15)).Should().Equal("a=late@10", "b=late@10", "c=late@10");
        using var after = store.OpenSnapshot(15);
        (await after.ScanAllAsync()).Should().Equal("a=late@10", "b=late@10", "c=late@10");

        async Task AssertUnchangedAsync()
        {
            foreach (var snapshot in (ISnapshot[])[latest, ahead])
            {
                (await snapshot.ScanAllAsync()).Should().Equal("a=old@5", "b=new@20");
                (await snapshot.ReadAsync("a")).Should().Be("old@5");
                (await snapshot.ReadAsync("c")).Should().BeNull();
                (await snapshot.HistoryAllAsync()).Should().Equal("a=old@5", "b=new@20");
            }

            (await between.ScanAllAsync()).Should().Equal("a=old@5");
            (await between.ReadAsync("b")).Should().BeNull();
            (await between.GetPreviousAsync(Bytes.Of("a"), 15).Guarded()).Row.Version.Should().Be((CommitVersion)5);
            (await between.GetManyAsync([Bytes.Of("a"), Bytes.Of("b"), Bytes.Of("c")]).Guarded())
                .Select(StoreTexts.ShowWithKey).Should().Equal("a=old@5");
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A5_EveryOrderOfArrivalGivesTheSameAnswers(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var orders = Permutations([10, 20, 30, 40]).ToArray();
        for (var step = 0; step < 4; step++)
        {
            foreach (var arrivals in Enumerable.Range(0, orders.Length).GroupBy(order => orders[order][step]))
            {
                var batch = new WriteBatch();
                foreach (var order in arrivals)
                {
                    // 20 is a deletion.
                    _ = arrivals.Key == 20 ? batch.Remove(Key(order)) : batch.Set(Key(order), $"{arrivals.Key}");
                }

                await fixture.Store.CommitAsync(batch, arrivals.Key).Guarded();
            }

            await fixture.SettleAsync(residency);
            await AssertAsync(step + 1);
        }

        async Task AssertAsync(int arrived)
        {
            for (ulong at = 5; at <= 45; at += 5)
            {
                var expected = new List<string>();
                for (var order = 0; order < orders.Length; order++)
                {
                    var seen = orders[order].Take(arrived).Where(version => version <= at).DefaultIfEmpty().Max();
                    var row = seen is 0 or 20 ? null : $"{seen}@{seen}";
                    (await fixture.Store.ReadAsync(Key(order), at)).Should().Be(row, $"of order {order} at {at} after {arrived} arrivals");
                    if (row is not null)
                    {
                        expected.Add($"{Key(order)}={row}");
                    }
                }

                (await fixture.Store.ScanAllAsync(at)).Should().Equal(expected);
            }

            foreach (var order in (int[])[0, 7, 16, 23])
            {
                (await fixture.Store.HistoryAsync(Key(order))).Should().Equal(
                    orders[order].Take(arrived).OrderDescending().Select(version => version == 20 ? "-@20" : $"{version}@{version}"));
            }
        }

        static string Key(int order) => $"key{order:D2}";
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A5_GapsOfAnySizeAreFine(StoreStorage storage, Residency residency)
    {
        ulong[] versions = [1, 2, 1_000, 1UL << 32, 1UL << 62, long.MaxValue];
        await using var fixture = await StoreFixture.OpenAsync(storage);
        foreach (var version in versions)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
        }

        await fixture.SettleAsync(residency);

        for (var i = 0; i < versions.Length; i++)
        {
            (await fixture.Store.ReadAsync("a", versions[i])).Should().Be($"{versions[i]}@{versions[i]}");
            (await fixture.Store.ReadAsync("a", versions[i] - 1)).Should().Be(i == 0 ? null : $"{versions[i - 1]}@{versions[i - 1]}");
        }

        (await fixture.Store.HistoryAsync("a")).Should().Equal(versions.Reverse().Select(version => $"{version}@{version}"));
    }

    [Theory]
    [MemberData(nameof(TestCases.OnDisk), MemberType = typeof(TestCases))]
    public async Task A5_ALateVersionIsDurableLikeAnyOther(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(20, "a", "new");
        await fixture.SettleAsync(residency);
        fixture.Store.DurableVersion.Should().Be((CommitVersion)20);

        await fixture.Store.SetAsync(10, "a", "late");
        fixture.Store.DurableVersion.Should().Be((CommitVersion)9, "version 10 is published and not on disk");
        await fixture.Store.WaitForDurableAsync(10).Guarded();
        fixture.Store.DurableVersion.Should().Be((CommitVersion)20);

        await fixture.CrashAsync();
        (await fixture.Store.HistoryAsync("a")).Should().Equal("new@20", "late@10");
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)20);
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task A5_LateCommitsFromManyThreadsAreAllThere(StoreStorage storage)
    {
        const int Threads = 4;
        const int PerThread = 100;
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(1_000_000, "a", "high");
        await Crowd.RunAsync([.. Enumerable.Range(0, Threads).Select<int, Func<Task>>(thread => () => CommitAsync(thread))]);

        var expected = Enumerable.Range(1, Threads * PerThread).Reverse().Select(version => $"{version}@{version}").Prepend("high@1000000");
        (await fixture.Store.HistoryAsync("a")).Should().Equal(expected);
        (await fixture.Store.ReadAsync("a")).Should().Be("high@1000000");

        async Task CommitAsync(int thread)
        {
            for (var i = 0; i < PerThread; i++)
            {
                // Descending, interleaved with the other threads.
                var version = (ulong)(((PerThread - i - 1) * Threads) + thread + 1);
                await fixture.Store.SetAsync(version, "a", $"{version}");
                if (storage != StoreStorage.None && i % 25 == 24)
                {
                    await fixture.Store.FlushAsync();
                    fixture.Store.Evict(0);
                }
            }
        }
    }

    private static IEnumerable<ulong[]> Permutations(ulong[] items)
        => items.Length == 0
            ? [[]]
            : items.SelectMany(item => Permutations([.. items.Where(other => other != item)]).Select(rest => (ulong[])[item, .. rest]));
}
