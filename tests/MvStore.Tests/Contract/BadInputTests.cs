using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A3 and the documented preconditions: every public member with values at, beside and far beyond its limits.</summary>
public sealed class BadInputTests
{
    public static TheoryData<int> KeyLengths { get; } = [0, 1, 255, 256, BufferOptions.KeyLengthLimit];

    public static TheoryData<ulong> ReadVersions { get; } = [0UL, 1UL, 9UL, 10UL, long.MaxValue, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue];

    [Theory]
    [MemberData(nameof(KeyLengths))]
    public async Task A3_KeysOfEveryLengthUpToTheLimitAreStoredAndFound(int length)
    {
        foreach (var storage in (StoreStorage[])[StoreStorage.None, StoreStorage.Sqlite])
        {
            await using var fixture = await StoreFixture.OpenAsync(storage);
            var key = Bytes.OfLength(length);
            await fixture.Store.CommitAsync(new WriteBatch().Set(key, key), 10).Guarded();
            await fixture.SettleAsync(storage == StoreStorage.None ? Residency.MemoryOnly : Residency.Evicted);

            var row = (await fixture.Store.GetAsync(key, CommitVersion.Latest).Guarded())!.Value;
            row.Should().Be(new VersionedRow(key, 10, key));
            (await fixture.Store.ScanPageAsync(KeyRange.Exactly(key), ReadScope.Latest, 1).Guarded()).Rows.Should().Equal(row);
            (await fixture.Store.ScanPageAsync(KeyRange.Prefix(key), ReadScope.Latest, 1).Guarded()).Rows.Should().Equal(row);
        }
    }

    [Fact]
    public async Task A3_AKeyOfOneByteMoreThanAnyStoreAllowsIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        var key = Bytes.OfLength(BufferOptions.KeyLengthLimit + 1);

        var error = await Assert.ThrowsAsync<ArgumentException>(() => fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set(key, []), 10).Guarded());

        error.Message.Should().Contain("65535").And.Contain("65536").And.MatchRegex(@"\b1\b");
    }

    [Fact]
    public async Task A3_AReadOfAKeyThatNoStoreCanHoldFindsNothing()
    {
        foreach (var storage in (StoreStorage[])[StoreStorage.None, StoreStorage.InMemory, StoreStorage.Sqlite])
        {
            await using var fixture = await StoreFixture.OpenAsync(storage);
            await fixture.Store.SetAsync(10, "a", "1");
            await fixture.SettleAsync(storage == StoreStorage.None ? Residency.MemoryOnly : Residency.Evicted);
            var key = Bytes.OfLength(BufferOptions.KeyLengthLimit + 1);

            (await fixture.Store.GetAsync(key, CommitVersion.Latest).Guarded()).Should().BeNull();
            (await fixture.Store.ContainsAsync(key, CommitVersion.Latest).Guarded()).Should().BeFalse();
            (await fixture.Store.GetManyAsync([key], CommitVersion.Latest).Guarded()).Should().BeEmpty();
            (await fixture.Store.GetPreviousAsync(key, CommitVersion.Latest).Guarded()).Kind.Should().Be(PreviousVersionKind.BeginningOfHistory);
            (await fixture.Store.ScanPageAsync(KeyRange.Exactly(key), ReadScope.Latest, 1).Guarded()).Rows.Should().BeEmpty();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task A3_ValuesUpToTheConfiguredLimitAndNotBeyond(int limit)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.Buffer.MaxValueLength = limit);
        await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of("a"), Bytes.OfLength(limit)), 10).Guarded();
        (await fixture.Store.GetAsync(Bytes.Of("a"), CommitVersion.Latest).Guarded())!.Value.Value.Length.Should().Be(limit);

        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of("a"), Bytes.OfLength(limit + 1)), 20).Guarded());
        error.Message.Should().MatchRegex($@"\b{limit}\b");
        (await fixture.Store.HistoryAsync("a")).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(ReadVersions))]
    public async Task A3_EveryVersionCanBeReadAt(ulong version)
    {
        foreach (var (storage, residency) in ((StoreStorage, Residency)[])
            [(StoreStorage.None, Residency.MemoryOnly), (StoreStorage.InMemory, Residency.Evicted), (StoreStorage.Sqlite, Residency.Evicted)])
        {
            await using var fixture = await StoreFixture.OpenAsync(storage);
            var store = fixture.Store;
            await store.SetAsync(10, "a", "1");
            await fixture.SettleAsync(residency);
            string[] rows = version >= 10 ? ["a=1@10"] : [];

            (await store.ReadAsync("a", version)).Should().Be(rows.Length == 0 ? null : "1@10");
            (await store.ContainsAsync(Bytes.Of("a"), version).Guarded()).Should().Be(rows.Length == 1);
            (await store.GetManyAsync([Bytes.Of("a")], version).Guarded()).Select(StoreTexts.ShowWithKey).Should().Equal(rows);
            (await store.ScanAllAsync(version)).Should().Equal(rows);
            (await StoreTexts.ShowAllAsync(store.ScanAsync(KeyRange.All, ReadScope.Between(0, version)))).Should().Equal(rows);
            (await StoreTexts.ShowAllAsync(store.ScanAsync(KeyRange.All, ReadScope.Between(version, version)))).Should().BeEmpty();
            (await StoreTexts.ShowAllAsync(store.ScanAsync(KeyRange.All, ReadScope.Between(ulong.MaxValue, version)))).Should().BeEmpty();
            (await StoreTexts.ShowAllAsync(store.HistoryAsync(KeyRange.All, version))).Should().Equal(rows);
            (await store.GetPreviousAsync(Bytes.Of("a"), version).Guarded()).Kind.Should().Be(
                version > 10 ? PreviousVersionKind.Value : PreviousVersionKind.BeginningOfHistory);
            using var snapshot = store.OpenSnapshot(version);
            (await snapshot.ScanAllAsync()).Should().Equal(rows);
            (await snapshot.GetPreviousAsync(Bytes.Of("a"), version).Guarded()).HasRow.Should().Be(version > 10);
            if (storage != StoreStorage.None)
            {
                await store.WaitForDurableAsync(version).Guarded();
            }
        }
    }

    [Fact]
    public async Task A3_NullsAreRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        var store = fixture.Store;
        using var snapshot = store.OpenSnapshot(CommitVersion.Latest);

        (await Assert.ThrowsAsync<ArgumentNullException>(() => store.CommitAsync(null!, 10).Guarded())).ParamName.Should().Be("batch");
        (await Assert.ThrowsAsync<ArgumentNullException>(() => store.GetManyAsync(null!, 10).Guarded())).ParamName.Should().Be("keys");
        (await Assert.ThrowsAsync<ArgumentNullException>(() => snapshot.GetManyAsync(null!).Guarded())).ParamName.Should().Be("keys");
        Assert.Throws<ArgumentNullException>(() => store.OpenSnapshot(10, owner: null!)).ParamName.Should().Be("owner");
        Assert.Throws<ArgumentNullException>(() => store.OpenSnapshot(10, options: null!)).ParamName.Should().Be("options");
        Assert.Throws<ArgumentNullException>(() => new VersionSource(null!)).ParamName.Should().Be("store");
        Assert.Throws<ArgumentNullException>(() => new FloorSet(10, null!)).ParamName.Should().Be("byKind");
        Assert.Throws<ArgumentNullException>(() => FloorSet.None.Of([], null!)).ParamName.Should().Be("classifier");
        Assert.Throws<ArgumentNullException>(() => FloorSet.None.HighestIn(KeyRange.All, null!)).ParamName.Should().Be("classifier");
        Assert.Throws<ArgumentNullException>(() => FloorSet.None.RaisedTo(null!)).ParamName.Should().Be("other");
        Assert.Throws<ArgumentNullException>(() => new RetentionRule(null!, [], new KindByFirstByte())).ParamName.Should().Be("floors");
        Assert.Throws<ArgumentNullException>(() => new RetentionRule(FloorSet.None, null!, new KindByFirstByte())).ParamName.Should().Be("pins");
        Assert.Throws<ArgumentNullException>(() => new RetentionRule(FloorSet.None, [], null!)).ParamName.Should().Be("classifier");
        Assert.Throws<ArgumentNullException>(() => new MvStoreOptionsValidator().Validate(null, null!)).ParamName.Should().Be("options");
    }

    [Fact]
    public void A3_NullsAreRefusedByTheBuilder()
    {
        var builder = new MvStoreBuilder();
        foreach (var (parameter, act) in ((string, Action)[])
            [
                ("configure", () => builder.Configure(null!)),
                ("tier", () => builder.UsePersistentTier(null!)),
                ("classifier", () => builder.UseKeyClassifier(null!)),
                ("timeProvider", () => builder.UseTimeProvider(null!)),
                ("loggerFactory", () => builder.UseLoggerFactory(null!)),
                ("listener", () => builder.AddFlushListener(null!)),
                ("listener", () => builder.AddCommitListener(null!)),
            ])
        {
            Assert.Throws<ArgumentNullException>(act).ParamName.Should().Be(parameter);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A3_ASnapshotNeedsAnOwner(string owner)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);

        Assert.Throws<ArgumentException>(() => fixture.Store.OpenSnapshot(CommitVersion.Latest, owner)).ParamName.Should().Be("owner");
        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task A3_APageHoldsAtLeastOneRow(int pageSize)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);

        (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, pageSize).Guarded())).ParamName.Should().Be("pageSize");
        (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => snapshot.ScanPageAsync(KeyRange.All, pageSize).Guarded())).ParamName.Should().Be("pageSize");
    }

    [Theory]
    [InlineData(StoreStorage.None, Residency.MemoryOnly)]
    [InlineData(StoreStorage.InMemory, Residency.Evicted)]
    [InlineData(StoreStorage.Sqlite, Residency.Evicted)]
    public async Task A3_TheLargestPageIsNoProblem(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 10).Guarded();
        await fixture.SettleAsync(residency);

        var page = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, int.MaxValue).Guarded();

        page.Rows.Should().HaveCount(2);
        page.Next.Should().BeNull();
    }

    [Fact]
    public async Task A3_ATokenThatIsDamagedOrOfAnotherScanIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        var store = fixture.Store;
        await store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("c", "1"), 10).Guarded();
        var token = (await store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1).Guarded()).Next!.Value;

        await AssertRefusedAsync(default);
        await AssertRefusedAsync(new PageToken(new byte[1]));
        await AssertRefusedAsync(new PageToken(Bytes.OfLength(1_000)));
        await AssertRefusedAsync(new PageToken(token.Bytes[..^1]));
        await AssertRefusedAsync(new PageToken((byte[])[.. token.Bytes.Span, 0]));
        await AssertRefusedAsync(token, range: KeyRange.From(Bytes.Of("a")));
        await AssertRefusedAsync(token, scope: ReadScope.Between(1, CommitVersion.Latest));
        await AssertRefusedAsync(token, direction: ScanDirection.Reverse);
        for (var i = 0; i < token.Bytes.Length; i++)
        {
            var damaged = token.Bytes.ToArray();
            damaged[i] ^= 0x40;
            await AssertRefusedAsync(new PageToken(damaged));
        }

        async Task AssertRefusedAsync(
            PageToken refused, KeyRange range = default, ReadScope? scope = null, ScanDirection direction = ScanDirection.Forward)
            => await Assert.ThrowsAnyAsync<ArgumentException>(
                () => store.ScanPageAsync(range, scope ?? ReadScope.Latest, 1, direction, refused).Guarded());
    }

    [Fact]
    public async Task A3_ATokenOfAnotherOpeningOrAnotherStoreIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await using var other = await StoreFixture.OpenAsync();
        foreach (var store in (IMultiVersionStore[])[fixture.Store, other.Store])
        {
            await store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 10).Guarded();
        }

        var token = (await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1).Guarded()).Next;
        await fixture.ReopenAsync();

        foreach (var store in (IMultiVersionStore[])[fixture.Store, other.Store])
        {
            await Assert.ThrowsAsync<ArgumentException>(
                () => store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1, continuation: token).Guarded());
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public async Task A3_NoStoreCanBeEvictedToLessThanNothing(long target)
    {
        await using var fixture = await StoreFixture.OpenAsync();

        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.Store.Evict(target)).ParamName.Should().Be("targetBytes");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A3_ABatchHasNoNegativeCapacity(int capacity)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new WriteBatch(capacity)).ParamName.Should().Be("capacity");

    [Fact]
    public async Task A3_ValuesOutsideAnEnumerationAreRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        var store = fixture.Store;

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => store.CommitAsync(new WriteBatch().Set("a", "1"), 10, (Durability)7).Guarded());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => StoreTexts.ShowAllAsync(store.ScanAsync(KeyRange.All, ReadScope.Latest, (ScanDirection)7)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => store.ScanPageAsync(KeyRange.All, ReadScope.Latest, 1, (ScanDirection)7).Guarded());
        (await store.HistoryAllAsync()).Should().BeEmpty();
    }

    [Fact]
    public void A3_ARuleNeedsAVerdictForEachEntry()
    {
        var rule = new RetentionRule(FloorSet.None, [], new KindByFirstByte());

        Assert.Throws<ArgumentException>(() => rule.Decide([], [new VersionStamp(1, 1)], new bool[2])).ParamName.Should().Be("keep");
        rule.Decide([], [], []).Should().Be(0);
    }

    [Fact]
    public async Task A3_ASourceOfVersionsEndsAtTheHighestVersion()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        new VersionSource(fixture.Store).Next().Should().Be(CommitVersion.Min);
        await fixture.Store.SetAsync(CommitVersion.Max.Value - 1, "a", "1");
        var source = new VersionSource(fixture.Store);

        source.Next().Should().Be(CommitVersion.Max);
        Assert.Throws<InvalidOperationException>(() => source.Next());
        Assert.Throws<InvalidOperationException>(() => source.Next());
    }

    [Fact]
    public async Task A3_EmptyAndInvertedRangesAreEmptyAndNoError()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set(string.Empty, "1"), 10).Guarded();
        foreach (var range in (KeyRange[])
            [
                KeyRange.Between(Bytes.Of("b"), Bytes.Of("a")),
                KeyRange.Between(Bytes.Of("a"), false, Bytes.Of("a"), true),
                KeyRange.Between(Bytes.Of("a"), Bytes.Of("a")),
                KeyRange.Until([]),
                KeyRange.Prefix(Bytes.OfLength(BufferOptions.KeyLengthLimit + 1, 0xFF)),
            ])
        {
            (await StoreTexts.ShowAllAsync(fixture.Store.ScanAsync(range, ReadScope.Latest))).Should().BeEmpty();
            (await StoreTexts.ShowAllAsync(fixture.Store.ScanAsync(range, ReadScope.Latest, ScanDirection.Reverse))).Should().BeEmpty();
            (await StoreTexts.ShowAllAsync(fixture.Store.HistoryAsync(range, CommitVersion.Latest))).Should().BeEmpty();
        }
    }
}
