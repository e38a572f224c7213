using MvStore.Filtering;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>
/// Contract B1, B12, D6: a read of a key that does not exist seldom asks the persistent tier, and never says of a key that does exist that it does not.
/// </summary>
public sealed class UnknownKeyTests
{
    private const int Keys = 300;
    private const int Unknown = 200;

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task B1_UnknownKeysAreNotAskedFor(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Evicted);
        var before = fixture.Tier.Reads;
        var known = 0;

        for (var i = 0; i < Unknown; i++)
        {
            (await fixture.Store.ReadAsync($"unknown{i}")).Should().BeNull();
            known += fixture.Store.TryGet(Bytes.Of($"unknown{i}"), CommitVersion.Latest, out _) == MemoryAnswer.Absent ? 1 : 0;
        }

        known.Should().BeGreaterThan(Unknown * 9 / 10);

        (await fixture.Store.GetManyAsync([.. Enumerable.Range(0, Unknown).Select(i => (ReadOnlyMemory<byte>)Bytes.Of($"unknown{i}"))], CommitVersion.Latest)).Should().BeEmpty();
        (fixture.Tier.Reads - before).Should().BeLessThan(Unknown / 10);
        await RequireAllAsync(fixture.Store);
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task B12_AfterReopeningTheKeysOfTheTierBecomeKnown(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Reopened);
        await fixture.Store.SetAsync(Keys + 1, "later", "1");
        await fixture.SettleAsync(Residency.Evicted);
        await RequireAllAsync(fixture.Store);

        for (var i = 0; i < StoredKeys.AbsentBeforeWalk; i++)
        {
            (await fixture.Store.ReadAsync($"absent{i}")).Should().BeNull();
        }

        await fixture.Log.EntryAsync(e => e.Id.Id == 1700).Guarded();
        await RequireAllAsync(fixture.Store);
        (await fixture.Store.ReadAsync("later")).Should().Be($"1@{Keys + 1}");
        var before = fixture.Tier.Reads;
        for (var i = 0; i < Unknown; i++)
        {
            (await fixture.Store.ReadAsync($"unknown{i}")).Should().BeNull();
        }

        (fixture.Tier.Reads - before).Should().BeLessThan(Unknown / 10);
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task B12_AfterReopeningTheKeysOfEveryPageBecomeKnownDeletedOnesToo(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = Keys / 10);
        await FillAsync(fixture.Store);
        await fixture.Store.CommitAsync(new WriteBatch().Remove("key0").Remove($"key{Keys - 1}"), Keys + 1).Guarded();
        await fixture.SettleAsync(Residency.Reopened);
        for (var i = 0; i < StoredKeys.AbsentBeforeWalk; i++)
        {
            (await fixture.Store.ReadAsync($"absent{i}")).Should().BeNull();
        }

        await fixture.Log.EntryAsync(e => e.Id.Id == 1700).Guarded();
        for (var i = 0; i < Keys; i++)
        {
            (await fixture.Store.ReadAsync($"key{i}", Keys)).Should().Be($"1@{i + 1}");
        }

        (await fixture.Store.ReadAsync("key0")).Should().BeNull();
    }

    [Fact]
    public async Task B12_ReadsOfManyKeysInVainCountAsWell()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Reopened);
        for (var i = 0; i < StoredKeys.AbsentBeforeWalk; i++)
        {
            (await fixture.Store.GetManyAsync([Bytes.Of($"absent{i}"), Bytes.Of("key1")], CommitVersion.Latest)).Should().ContainSingle();
        }

        await fixture.Log.EntryAsync(e => e.Id.Id == 1700).Guarded();
        await RequireAllAsync(fixture.Store);
    }

    [Fact]
    public async Task B12_WithoutReadsInVainTheKeysOfTheTierAreNotRead()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Reopened);
        await RequireAllAsync(fixture.Store);

        fixture.Tier.Examined.Should().Be(0);
    }

    [Fact]
    public async Task B12_AWalkThatFailsIsToldAndEveryReadStillFindsItsKey()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Reopened);
        fixture.Tier.AnswerScan = _ => throw new PersistentTierException(TierFailure.Damaged, "Injected.");
        for (var i = 0; i < StoredKeys.AbsentBeforeWalk; i++)
        {
            (await fixture.Store.ReadAsync($"absent{i}")).Should().BeNull();
        }

        await fixture.Log.EntryAsync(e => e.Id.Id == 1701).Guarded();
        await RequireAllAsync(fixture.Store);
        (await fixture.Store.ReadAsync("unknown")).Should().BeNull();
    }

    [Fact]
    public async Task B12_WithAnOptionThereIsNoFilter()
    {
        await using var fixture = await StoreFixture.OpenAsync(configure: o => o.Persistence.MaxKeyFilterBytes = 0);
        await FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Evicted);
        var before = fixture.Tier.Reads;
        (await fixture.Store.ReadAsync("unknown")).Should().BeNull();

        (fixture.Tier.Reads - before).Should().Be(1);
    }

    [Fact]
    public async Task D5_TheFilterCountsAsMemory()
    {
        await using var with = await StoreFixture.OpenAsync();
        await using var without = await StoreFixture.OpenAsync(configure: o => o.Persistence.MaxKeyFilterBytes = 0);
        foreach (var fixture in (StoreFixture[])[with, without])
        {
            await FillAsync(fixture.Store);
            await fixture.Store.FlushAsync().Guarded();
        }

        (with.Store.GetStatistics().MemoryBytes - without.Store.GetStatistics().MemoryBytes).Should().BeGreaterThanOrEqualTo(KeyFilter.FirstBytes / 2);
    }

    [Fact]
    public async Task B4_SteppingBackFromAnUnknownKeyMeetsTheBeginningOfHistory()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Evicted);

        (await fixture.Store.GetPreviousAsync(Bytes.Of("unknown"), CommitVersion.Latest)).Kind.Should().Be(PreviousVersionKind.BeginningOfHistory);
        (await fixture.Store.GetPreviousAsync(Bytes.Of("key7"), CommitVersion.Latest)).Kind.Should().Be(PreviousVersionKind.Value);
    }

    private static async Task FillAsync(IMultiVersionStore store)
    {
        for (var i = 0; i < Keys; i++)
        {
            await store.CommitAsync(new WriteBatch().Set($"key{i}", "1"), (ulong)i + 1).Guarded();
        }
    }

    private static async Task RequireAllAsync(IMultiVersionStore store)
    {
        for (var i = 0; i < Keys; i++)
        {
            (await store.ReadAsync($"key{i}")).Should().Be($"1@{i + 1}");
        }
    }
}
