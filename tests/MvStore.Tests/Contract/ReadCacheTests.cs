using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract B12, C1: rows that were read from the persistent tier before are not asked for again, and are never stale.</summary>
public sealed class ReadCacheTests
{
    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task B12_ARowThatIsReadAgainAndAgainIsNotAskedForAgain(StoreStorage storage)
    {
        await using var fixture = await OpenWithCachedRowAsync(storage);
        var before = fixture.Tier.Reads;

        for (var i = 0; i < 10; i++)
        {
            (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
            (await fixture.Store.ReadAsync("a", 15)).Should().Be("1@10");
            (await fixture.Store.GetManyAsync([Bytes.Of("a")], CommitVersion.Latest)).Should().ContainSingle();
        }

        (await fixture.Store.GetPreviousAsync(Bytes.Of("a"), 11)).Kind.Should().Be(PreviousVersionKind.Value);
        fixture.Tier.Reads.Should().Be(before);
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task C1_EachViewGetsItsOwnRowWhateverIsCached(StoreStorage storage)
    {
        await using var fixture = await OpenWithCachedRowAsync(storage);
        using var old = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        await fixture.Store.SetAsync(30, "a", "3");
        await CheckAsync("3@30");
        await fixture.SettleAsync(Residency.Evicted);
        await CheckAsync("3@30");
        await CheckAsync("3@30");

        await fixture.Store.SetAsync(20, "a", "late");
        await CheckLateAsync();
        await fixture.SettleAsync(Residency.Evicted);
        await CheckLateAsync();

        await fixture.Store.CommitAsync(new WriteBatch().Remove("a"), 40).Guarded();
        await fixture.SettleAsync(Residency.Evicted);
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        await CheckLateAsync(newest: null);

        async Task CheckAsync(string newest)
        {
            (await fixture.Store.ReadAsync("a")).Should().Be(newest);
            (await fixture.Store.ReadAsync("a", 29)).Should().Be("1@10");
            (await fixture.Store.ReadAsync("a", 9)).Should().BeNull();
            (await old.GetAsync("a"u8)).Should().NotBeNull().And.Match<VersionedRow?>(row => row!.Value.Version == 10);
        }

        async Task CheckLateAsync(string? newest = "3@30")
        {
            for (var i = 0; i < 3; i++)
            {
                (await fixture.Store.ReadAsync("a")).Should().Be(newest);
                (await fixture.Store.ReadAsync("a", 39)).Should().Be("3@30");
                (await fixture.Store.ReadAsync("a", 29)).Should().Be("late@20");
                (await old.GetAsync("a"u8))!.Value.Version.Should().Be(new CommitVersion(10));
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task A5_ALateVersionAboveTheCachedRowIsReadOnceItHasLeftMemory(StoreStorage storage)
    {
        await using var fixture = await OpenWithCachedRowAsync(storage);
        await fixture.Store.SetAsync(50, "b", "2");
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.SetAsync(20, "a", "late");
        await fixture.SettleAsync(Residency.Evicted);

        for (var i = 0; i < 3; i++)
        {
            (await fixture.Store.ReadAsync("a")).Should().Be("late@20");
            (await fixture.Store.ReadAsync("a", 19)).Should().Be("1@10");
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task B3_ManyKeysGetWhatIsNewerInMemoryThanInTheCache(StoreStorage storage)
    {
        await using var fixture = await OpenWithCachedRowAsync(storage);
        await fixture.Store.SetAsync(30, "c", "1");

        // Late, so that it says nothing of what the tier has, which the cache is asked for.
        await fixture.Store.SetAsync(20, "a", "late");
        var before = fixture.Tier.Reads;
        var rows = await fixture.Store.GetManyAsync([Bytes.Of("a"), Bytes.Of("c")], CommitVersion.Latest);
        rows.Select(row => row.Version.Value).Should().Equal(20, 30);
        (await fixture.Store.GetManyAsync([Bytes.Of("a")], 19)).Should().ContainSingle().Which.Version.Should().Be(new CommitVersion(10));
        fixture.Tier.Reads.Should().Be(before, "the cache has what is older");
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task E8_ACachedRowDoesNotComeBackAfterItsKeyWasReclaimedOrTheStoreReopened(StoreStorage storage)
    {
        await using var fixture = await OpenWithCachedRowAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.CommitAsync(new WriteBatch().Remove("a"), 20).Guarded();
        await fixture.SettleAsync(Residency.Evicted);
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        await fixture.Store.ReclaimAsync().Guarded();
        (await fixture.Store.ReadAsync("a")).Should().BeNull();

        await fixture.SettleAsync(Residency.Reopened);
        (await fixture.Store.ReadAsync("a")).Should().BeNull();
        await fixture.Store.SetAsync(30, "a", "new");
        await fixture.SettleAsync(Residency.Evicted);
        (await fixture.Store.ReadAsync("a")).Should().Be("new@30");
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task I34_WhatIsReadWhileASliceIsWrittenIsNotKeptOverIt(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(11, "b", "1");
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.SetAsync(30, "b", "2");

        // Late, so that memory alone does not answer, and the tier, which does not have it yet, is asked.
        await fixture.Store.SetAsync(20, "a", "late");
        var hold = fixture.Tier.HoldApplies();
        var flush = fixture.Store.FlushAsync().AsTask();
        await hold.Reached.Guarded();
        for (var i = 0; i < 3; i++)
        {
            (await fixture.Store.ReadAsync("a")).Should().Be("late@20");
        }

        hold.Release();
        await flush.Guarded();
        fixture.Store.Evict(0);
        (await fixture.Store.ReadAsync("a")).Should().Be("late@20");
    }

    [Fact]
    public async Task B12_WithAnOptionThereIsNoCache()
    {
        await using var fixture = await OpenWithCachedRowAsync(StoreStorage.InMemory, o => o.Persistence.MaxReadCacheBytes = 0);
        var before = fixture.Tier.Reads;
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");

        fixture.Tier.Reads.Should().Be(before + 1);
    }

    [Fact]
    public async Task A11_ARowThatWasReadBelongsToTheReader()
    {
        await using var fixture = await OpenWithCachedRowAsync(StoreStorage.InMemory);
        var row = (await fixture.Store.GetAsync("a"u8, CommitVersion.Latest))!.Value;
        System.Runtime.InteropServices.MemoryMarshal.AsMemory(row.Value).Span.Fill((byte)'!');

        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    private static async Task<StoreFixture> OpenWithCachedRowAsync(StoreStorage storage, Action<MvStoreOptions>? configure = null)
    {
        var fixture = await StoreFixture.OpenAsync(storage, configure);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(11, "b", "1");
        await fixture.SettleAsync(Residency.Evicted);
        for (var i = 0; i < 2; i++)
        {
            (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        }

        return fixture;
    }
}
