using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Rollbacks;

/// <summary>What a rollback restores, and what it leaves alone (DESIGN.md 12).</summary>
public sealed class RollbackTests
{
    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A2_I46_WhatDiffersIsRestoredAndTheHistoryInBetweenStays(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.SettleAsync(residency);
        using var reader = fixture.Store.OpenSnapshot(30, "reader");

        var preview = await fixture.Store.PreviewRollbackAsync(10, 40).Guarded();
        var receipt = await fixture.Store.RollBackAsync(10, 40).Guarded();

        // Changed, deleted, made; same and back have the value they had.
        receipt.Totals.Should().Be(new RollbackTotals(2, 1, 7 + 1 + 7 + 1 + 4));
        receipt.Attempts.Should().Be(1);
        receipt.Commit.Should().Be(new CommitReceipt(40, 4));
        preview.Should().Be(new RollbackPreview(receipt.Totals, null));
        (await fixture.Store.ScanAllAsync(40)).Should().Equal("back=1@30", "changed=1@40", "deleted=1@40", "same=1@10");
        (await fixture.Store.ScanAllAsync(30)).Should().Equal("back=1@30", "changed=2@20", "made=3@30", "same=1@10");
        (await reader.ScanAllAsync()).Should().Equal("back=1@30", "changed=2@20", "made=3@30", "same=1@10");
        (await fixture.Store.HistoryAllAsync()).Should().Equal(
            "back=1@30", "back=2@20", "back=1@10", "changed=1@40", "changed=2@20", "changed=1@10", "deleted=1@40", "deleted=-@20", "deleted=1@10",
            "made=-@40", "made=3@30", "same=1@10");
        await fixture.FlushIfPersistentAsync();
        if (storage != StoreStorage.None)
        {
            await fixture.ReopenAsync();
            (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("back=1@30", "changed=1@40", "deleted=1@40", "same=1@10");
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task I46_ARollbackIsRolledBackLikeAnyCommit(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.RollBackAsync(10, 40).Guarded();
        await fixture.SettleAsync(residency);

        (await fixture.Store.RollBackAsync(30, 50).Guarded()).Totals.Should().Match<RollbackTotals>(t => t.SetKeys == 2 && t.RemovedKeys == 1);
        (await fixture.Store.ScanAllAsync(50)).Should().Equal("back=1@30", "changed=2@50", "made=3@50", "same=1@10");
        (await fixture.Store.RollBackAsync(40, 60).Guarded()).Totals.Should().Match<RollbackTotals>(t => t.SetKeys == 2 && t.RemovedKeys == 1);
        (await fixture.Store.RollBackAsync(0, 70).Guarded()).Totals.Should().Match<RollbackTotals>(t => t.SetKeys == 0 && t.RemovedKeys == 4);
        (await fixture.Store.ScanAllAsync(70)).Should().BeEmpty();
        (await fixture.Store.ScanAllAsync(60)).Should().Equal("back=1@30", "changed=1@60", "deleted=1@60", "same=1@10");
    }

    [Fact]
    public async Task I46_OnlyTheRangeIsTouched()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        var receipt = await fixture.Store.RollBackAsync(10, 40, KeyRange.Between("c"u8, "d"u8)).Guarded();
        receipt.Totals.Should().Be(new RollbackTotals(1, 0, 8));
        (await fixture.Store.ScanAllAsync(40)).Should().Equal("back=1@30", "changed=1@40", "made=3@30", "same=1@10");

        // An empty range, or one in which nothing differs, is a commit of no key (A7).
        (await fixture.Store.RollBackAsync(10, 50, KeyRange.Between("z"u8, "a"u8)).Guarded()).Totals.Should().Be(default(RollbackTotals));
        var same = await fixture.Store.RollBackAsync(10, 60, KeyRange.Prefix("same"u8)).Guarded();
        same.Should().Be(new RollbackReceipt(new CommitReceipt(60, 6), default, 1));
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)60);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A5_ALateRollbackLeavesWhatIsAboveIt(StoreStorage storage, Residency residency)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.SettleAsync(residency);
        using var before = fixture.Store.OpenSnapshot(CommitVersion.Latest, "before");

        (await fixture.Store.RollBackAsync(10, 25).Guarded()).Totals.Should().Match<RollbackTotals>(t => t.SetKeys == 3 && t.RemovedKeys == 0);

        (await fixture.Store.ScanAllAsync(25)).Should().Equal("back=1@25", "changed=1@25", "deleted=1@25", "same=1@10");
        (await fixture.Store.ScanAllAsync(30)).Should().Equal("back=1@30", "changed=1@25", "deleted=1@25", "made=3@30", "same=1@10");
        (await before.ScanAllAsync()).Should().Equal("back=1@30", "changed=2@20", "made=3@30", "same=1@10");

        // What is late after it stands, too: it is visible where the rollback wrote nothing (A5).
        await fixture.Store.CommitAsync(new WriteBatch().Set("changed", "late").Set("same", "late"), 22).Guarded();
        (await fixture.Store.ScanAllAsync(25)).Should().Equal("back=1@25", "changed=1@25", "deleted=1@25", "same=late@22");
    }

    [Fact]
    public async Task A4_AVersionOfAKeyThatDiffersIsNotWrittenAgain()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        var refused = await Assert.ThrowsAsync<DuplicateVersionException>(() => fixture.Store.RollBackAsync(10, 30).Guarded());
        refused.Version.Should().Be((CommitVersion)30);
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("back=1@30", "changed=2@20", "made=3@30", "same=1@10");

        // Back is the same, so it is not written: no duplicate.
        (await fixture.Store.RollBackAsync(10, 30, KeyRange.Prefix("back"u8)).Guarded()).Totals.Should().Be(default(RollbackTotals));
        (await fixture.Store.RollBackAsync(10, 30, KeyRange.Prefix("changed"u8)).Guarded()).Totals.SetKeys.Should().Be(1);
    }

    [Fact]
    public async Task B10_BelowTheFloorOfTheRangeItIsRefused()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = 10);
        await FillAsync(fixture.Store);
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.ReclaimAsync().Guarded();
        foreach (var call in (Func<Task>[])[() => fixture.Store.RollBackAsync(19, 40).Guarded(), () => fixture.Store.PreviewRollbackAsync(19, 40).Guarded()])
        {
            var refused = await Assert.ThrowsAsync<BelowFloorException>(call);
            refused.Requested.Should().Be((CommitVersion)19);
            refused.Floor.Should().Be((CommitVersion)20);
        }

        (await fixture.Store.RollBackAsync(20, 40).Guarded()).Totals.SetKeys.Should().Be(1, "back was 2 at 20");

        // A key that was dropped has a floor of its own, which binds only ranges that cross it.
        await fixture.Store.CommitAsync(new WriteBatch().Drop("same"u8), 45).Guarded();
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.ReclaimAsync().Guarded();
        (await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.RollBackAsync(44, 50).Guarded())).Floor.Should().Be((CommitVersion)45);
        (await fixture.Store.RollBackAsync(44, 50, KeyRange.Until("same"u8)).Guarded()).Commit.Version.Should().Be((CommitVersion)50);
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.RollBackAsync(20, 25).Guarded());
    }

    [Fact]
    public async Task A3_VersionsThatNoRollbackCanHaveAreArgumentErrors()
    {
        await using var fixture = await OpenAsync(StoreStorage.None);
        foreach (var (to, version) in ((CommitVersion, CommitVersion)[])[
            (10, 10), (11, 10), (0, 0), (10, CommitVersion.Max.Value + 1), (CommitVersion.Latest, 40), (CommitVersion.Latest, CommitVersion.Latest)])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Store.RollBackAsync(to, version).Guarded());
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Store.PreviewRollbackAsync(to, version).Guarded());
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Store.RollBackAsync(10, 40, durability: (Durability)99).Guarded());
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => fixture.Store.RollBackAsync(10, 40, durability: Durability.Durable).Guarded());
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(3);
        (await fixture.Store.RollBackAsync(CommitVersion.Max.Value - 1, CommitVersion.Max).Guarded()).Totals.Should().Be(default(RollbackTotals));
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task A10_ADurableRollbackIsThereAfterACrash(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.RollBackAsync(10, 40, durability: Durability.Durable).Guarded();
        await fixture.CrashAsync();
        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("back=1@30", "changed=1@40", "deleted=1@40", "same=1@10");
        (await fixture.Store.ScanAllAsync(30)).Should().Equal("back=1@30", "changed=2@20", "made=3@30", "same=1@10");
    }

    [Fact]
    public async Task A1_ListenersAreToldOfARollbackAsOfAnyCommit()
    {
        var listener = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, build: b => b.AddCommitListener(listener));
        await FillAsync(fixture.Store);
        await fixture.Store.RollBackAsync(10, 40).Guarded();
        var told = (await listener.TakeAsync(4).Guarded())[^1];
        told.Version.Should().Be((CommitVersion)40);
        told.Deltas.Select(d => $"{d.Kind} {Bytes.Text(d.Key)}={Bytes.Text(d.Value)}").Should().Equal("Set changed=1", "Set deleted=1", "Remove made=");
    }

    internal static async Task<StoreFixture> OpenAsync(StoreStorage storage)
    {
        var fixture = await StoreFixture.OpenAsync(storage);
        await FillAsync(fixture.Store);
        return fixture;
    }

    /// <summary>Three versions, in which one key stays the same, one is changed and back, one changed, one deleted, one made.</summary>
    internal static async Task FillAsync(IMultiVersionStore store)
    {
        await store.CommitAsync(new WriteBatch().Set("same", "1").Set("back", "1").Set("changed", "1").Set("deleted", "1"), 10).Guarded();
        await store.CommitAsync(new WriteBatch().Set("back", "2").Set("changed", "2").Remove("deleted"), 20).Guarded();
        await store.CommitAsync(new WriteBatch().Set("back", "1").Set("made", "3"), 30).Guarded();
    }
}
