using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A3: the whole batch is checked before anything changes.</summary>
public sealed class ValidationTests
{
    private const int MaxKey = 16;
    private const int MaxValue = 32;

    public static TheoryData<ulong> VersionsThatNoCommitMayHave { get; } = [0UL, 1UL << 63, (1UL << 63) + 1, ulong.MaxValue - 1, ulong.MaxValue];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A3_AKeyOverItsLimitIsRefusedWithItsIndexAndTheLimit(int index)
    {
        await using var fixture = await OpenAsync();
        await AssertNothingAppliedAsync(fixture, BatchWith(index, Bytes.OfLength(MaxKey + 1), []), index, MaxKey);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A3_AValueOverItsLimitIsRefusedWithItsIndexAndTheLimit(int index)
    {
        await using var fixture = await OpenAsync();
        await AssertNothingAppliedAsync(fixture, BatchWith(index, Bytes.Of("long"), Bytes.OfLength(MaxValue + 1)), index, MaxValue);
    }

    [Theory]
    [InlineData(DeltaKind.Unset)]
    [InlineData(DeltaKind.Remove)]
    [InlineData(DeltaKind.Drop)]
    public async Task A3_EveryKindOfDeltaHasItsKeyChecked(DeltaKind kind)
    {
        await using var fixture = await OpenAsync();
        var batch = new WriteBatch().Set("a", "1");
        var key = Bytes.OfLength(MaxKey + 1);
        _ = kind switch
        {
            DeltaKind.Unset => batch.Unset(key, default),
            DeltaKind.Remove => batch.Remove(key),
            _ => batch.Drop(key),
        };

        await AssertNothingAppliedAsync(fixture, batch, 1, MaxKey);
    }

    [Fact]
    public async Task A3_KeysAndValuesAtTheirLimitsAreAccepted()
    {
        await using var fixture = await OpenAsync();
        var key = Bytes.OfLength(MaxKey);
        await fixture.Store.CommitAsync(new WriteBatch().Set(key, Bytes.OfLength(MaxValue)).Set([], []), 10).Guarded();

        (await fixture.Store.GetAsync(key, CommitVersion.Latest).Guarded())!.Value.Value.Length.Should().Be(MaxValue);
        (await fixture.Store.GetAsync([], CommitVersion.Latest).Guarded())!.Value.Value.Length.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(VersionsThatNoCommitMayHave))]
    public async Task A3_AVersionOutsideItsRangeIsRefused(ulong version)
    {
        await using var fixture = await OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");

        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), version).Guarded());

        error.ParamName.Should().Be("version");
        error.Message.Should().Contain(new CommitVersion(version).ToString());
        await AssertOnlyTheFirstCommitAsync(fixture);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Store.CommitAsync(new WriteBatch(), version).Guarded());
    }

    [Fact]
    public async Task A3_TheLowestAndHighestVersionsAreAccepted()
    {
        await using var fixture = await OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "max"), CommitVersion.Max).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "min"), CommitVersion.Min).Guarded();

        (await fixture.Store.ReadAsync("a")).Should().Be($"max@{long.MaxValue}");
        (await fixture.Store.ReadAsync("a", (ulong)long.MaxValue - 1)).Should().Be("min@1");
    }

    [Fact]
    public async Task A3_ARefusedBatchIsNotFlushedAndTakesNoSequence()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        await Assert.ThrowsAsync<ArgumentException>(
            () => fixture.Store.CommitAsync(BatchWith(2, Bytes.OfLength(MaxKey + 1), []), 5, Durability.Durable).Guarded());
        var receipt = await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();

        receipt.Sequence.Should().Be(1);
        fixture.Tier.Applied.SelectMany(slice => slice.Rows).Should().ContainSingle();
    }

    [Fact]
    public async Task A3_TheSameVersionCanBeCommittedAfterARefusal()
    {
        await using var fixture = await OpenAsync();
        await fixture.Store.SetAsync(10, "a", "1");
        await Assert.ThrowsAsync<ArgumentException>(
            () => fixture.Store.CommitAsync(BatchWith(2, Bytes.OfLength(MaxKey + 1), []), 20).Guarded());

        await fixture.Store.SetAsync(20, "a", "2");

        (await fixture.Store.ReadAsync("a")).Should().Be("2@20");
    }

    private static Task<StoreFixture> OpenAsync(StoreStorage storage = StoreStorage.None)
        => StoreFixture.OpenAsync(storage, o =>
        {
            o.Buffer.MaxKeyLength = MaxKey;
            o.Buffer.MaxValueLength = MaxValue;
        });

    private static WriteBatch BatchWith(int index, byte[] key, byte[] value)
    {
        var batch = new WriteBatch();
        for (var i = 0; i < 3; i++)
        {
            _ = i == index ? batch.Set(key, value) : batch.Set($"good{i}", "1");
        }

        return batch;
    }

    private static async Task AssertNothingAppliedAsync(StoreFixture fixture, WriteBatch batch, int index, int limit)
    {
        await fixture.Store.SetAsync(10, "a", "1");

        var error = await Assert.ThrowsAnyAsync<ArgumentException>(() => fixture.Store.CommitAsync(batch, 20).Guarded());

        error.ParamName.Should().Be("batch");
        error.Message.Should().MatchRegex($@"\b{index}\b").And.MatchRegex($@"\b{limit}\b");
        await AssertOnlyTheFirstCommitAsync(fixture);
    }

    private static async Task AssertOnlyTheFirstCommitAsync(StoreFixture fixture)
    {
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@10");
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)10);
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(1);
        fixture.Store.GetStatistics().BufferedKeys.Should().Be(1);
    }
}
