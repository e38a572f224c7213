using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

public sealed class SnapshotOptionsTests
{
    private static readonly byte[][] Bounds = [[], [1], [1, 0], [2], [3]];

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task C2_AScopedSnapshotProtectsItsKeysOnlyAndReadsNoOthers(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        using var snapshot = fixture.Store.OpenSnapshot(1, new SnapshotOptions { Owner = "scoped", Scope = KeyRange.Prefix("b"u8) });
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set("b", "2").Set("bb", "2").Set("c", "2"), 2);
        await fixture.FlushIfPersistentAsync();
        var told = await fixture.Store.ExplainAsync("b"u8);
        told.Versions[1].Pins.Select(p => (p.Owner, p.Scope)).Should().Equal(("scoped", KeyRange.Prefix("b"u8)));
        (await fixture.Store.ExplainAsync("a"u8)).Versions[1].IsReclaimable.Should().BeTrue();
        (await fixture.Store.ReclaimAsync()).ReclaimedVersions.Should().Be(storage == StoreStorage.None ? 2 : 4);

        (await snapshot.ReadAsync("b")).Should().Be("1@1");
        (await StoreTexts.ShowAllAsync(snapshot.ScanAsync(KeyRange.Prefix("bb"u8)))).Should().Equal("bb=1@1");
        (await snapshot.GetManyAsync([Bytes.Of("b"), Bytes.Of("bb")])).Should().HaveCount(2);
        Func<Task>[] reads =
        [
            () => snapshot.GetAsync("a"u8).AsTask(),
            () => snapshot.GetManyAsync([Bytes.Of("b"), Bytes.Of("c")]).AsTask(),
            () => snapshot.GetPreviousAsync("c"u8, 2).AsTask(),
            () => snapshot.ScanAllAsync(),
            () => snapshot.HistoryAllAsync(),
            () => snapshot.ScanPageAsync(KeyRange.From("b"u8), 10).AsTask(),
            () => Task.FromResult(snapshot.OpenScan(KeyRange.All)),
            () => Task.FromResult(snapshot.OpenHistory(KeyRange.Until("b"u8, inclusive: true))),
        ];
        foreach (var read in reads)
        {
            (await Assert.ThrowsAsync<OutOfScopeException>(() => read().Guarded())).Owner.Should().Be("scoped");
        }
    }

    [Fact]
    public void C2_ARangeCoversWhatHasNoKeyOutsideOfIt()
    {
        KeyRange[] ranges =
        [
            KeyRange.All,
            .. Bounds.SelectMany(b => (KeyRange[])[KeyRange.From(b), KeyRange.From(b, false), KeyRange.Until(b), KeyRange.Until(b, true)]),
            .. Bounds.SelectMany(b => Bounds, (s, e) => (s, e)).SelectMany(b => (KeyRange[])
                [KeyRange.Between(b.s, true, b.e, true), KeyRange.Between(b.s, true, b.e, false), KeyRange.Between(b.s, false, b.e, true), KeyRange.Between(b.s, false, b.e, false)]),
        ];

        // Between any two bounds there is a key, so that what the bounds say is what keys can tell.
        byte[][] keys = [.. Bounds.SelectMany(b => (byte[][])[b, [.. b, 0], [.. b, 0, 0], [.. b, 1]]), [1, 255], [2, 255], [3, 255], [255], [0], [0, 255]];
        foreach (var outer in ranges)
        {
            foreach (var inner in ranges)
            {
                var isCovered = keys.Where(k => inner.Contains(k)).All(k => outer.Contains(k));
                if (outer.Covers(inner))
                {
                    isCovered.Should().BeTrue($"{outer} must not cover {inner}");
                }
                else if (inner.Start is null == outer.Start is null && inner.End is null == outer.End is null && inner.Start is not null && inner.StartInclusive && outer.StartInclusive && inner.EndInclusive && outer.EndInclusive && inner.End is not null)
                {
                    isCovered.Should().BeFalse($"{outer} covers {inner}");
                }
            }
        }
    }

    [Fact]
    public async Task C2_ASnapshotOverItsBudgetIsRevokedAndNamesIt()
    {
        await using var fixture = await OpenAsync(StoreStorage.None);
        using var snapshot = fixture.Store.OpenSnapshot(
            1, new SnapshotOptions { Owner = "greedy", BudgetBytes = 8, OverBudget = SnapshotBudgetPolicy.Revoke });
        for (ulong version = 2; version <= 5; version++)
        {
            // Each version supersedes one more key of two bytes.
            await fixture.Store.SetAsync(version, ((char)('a' + version - 2)).ToString(), "2");
            (await snapshot.ReadAsync("a")).Should().Be("1@1");
            await fixture.Store.ReclaimAsync();
        }

        fixture.Log.Entries.Should().ContainSingle(e => e.Message.Contains("'greedy'", StringComparison.Ordinal));

        fixture.Store.GetOpenSnapshots()[0].Cost!.InMemory.Should().Be(new VersionTotals(4, 8));
        await fixture.Store.SetAsync(6, "bb", "2");
        await fixture.Store.ReclaimAsync();
        var revoked = await Assert.ThrowsAsync<SnapshotRevokedException>(() => snapshot.ReadAsync("a"));
        (revoked.Owner, revoked.Version, revoked.BudgetBytes, revoked.HeldBytes).Should().Be(("greedy", (CommitVersion)1, 8, 11));
        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
        (await fixture.Store.ReclaimAsync()).Should().Match<ReclamationReport>(r => r.Pins == 0 && r.ReclaimedBytes == 11);
    }

    [Theory]
    [InlineData(SnapshotBudgetPolicy.Warn, 7)]
    [InlineData(SnapshotBudgetPolicy.Revoke, 8)]
    public async Task C2_ASnapshotNearItsBudgetIsToldOfOnceHoweverManyRunsFindItSo(SnapshotBudgetPolicy policy, long budget)
    {
        await using var fixture = await OpenAsync(StoreStorage.None);
        using var snapshot = fixture.Store.OpenSnapshot(1, new SnapshotOptions { Owner = "greedy", BudgetBytes = budget, OverBudget = policy });
        for (var key = 'a'; key <= 'h'; key++)
        {
            // Four of the keys were there: from the fourth run on the snapshot keeps eight bytes.
            await fixture.Store.SetAsync(2 + (ulong)(key - 'a'), key.ToString(), "2");
            await fixture.Store.ReclaimAsync().Guarded();
        }

        fixture.Store.GetOpenSnapshots()[0].Cost!.InMemory.Should().Be(new VersionTotals(4, 8));
        fixture.Log.Entries.Should().ContainSingle(e => e.Message.Contains("'greedy'", StringComparison.Ordinal));
        (await snapshot.ReadAsync("a")).Should().Be("1@1");
    }

    [Fact]
    public async Task C2_ASnapshotTellsWhereItWasOpened()
    {
        await using var fixture = await OpenAsync(StoreStorage.None);
        using var here = fixture.Store.OpenSnapshot(1, new SnapshotOptions());
        using var stack = fixture.Store.OpenSnapshot(1, new SnapshotOptions { CapturesStack = true });
        using var silent = fixture.Store.OpenSnapshot(1, "silent");
        var listed = fixture.Store.GetOpenSnapshots();
        listed[0].CallSite.Should().MatchRegex(@"^SnapshotOptionsTests\.cs:\d+$");
        listed[1].CallSite.Should().Contain(nameof(C2_ASnapshotTellsWhereItWasOpened));
        listed[2].CallSite.Should().BeNull();
        Assert.Throws<ArgumentException>(() => fixture.Store.OpenSnapshot(1, new SnapshotOptions { Owner = " " }));
        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.Store.OpenSnapshot(1, new SnapshotOptions { MaxAge = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.Store.OpenSnapshot(1, new SnapshotOptions { BudgetBytes = -1 }));
    }

    private static async Task<StoreFixture> OpenAsync(StoreStorage storage)
    {
        var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("bb", "1").Set("c", "1").Set("d", "1"), 1);
        return fixture;
    }
}
