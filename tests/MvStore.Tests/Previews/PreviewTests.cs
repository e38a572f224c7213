using MvStore.Tests.Fixtures;
using MvStore.Tests.Model;

namespace MvStore.Tests.Previews;

public sealed class PreviewTests
{
    public static TheoryData<StoreStorage, int> Runs
    {
        get
        {
            var runs = new TheoryData<StoreStorage, int>();
            foreach (var storage in (StoreStorage[])[StoreStorage.None, StoreStorage.InMemory, StoreStorage.Sqlite])
            {
                for (var seed = 1; seed <= 12; seed++)
                {
                    runs.Add(storage, seed);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task E7_ADryRunPredictsTheNextRunAndChangesNothing(StoreStorage storage, int seed)
    {
        await using var run = await PreviewRun.OpenAsync(storage, seed);
        await run.RunAsync();
    }

    [Fact]
    public async Task E7_ADryRunBringsNoDropIntoForceAndRaisesNoFloor()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o => o.GarbageCollection.RetainVersionsByKind[FirstByteClassifier.Operator] = 0, b => b.UseKeyClassifier(new FirstByteClassifier(precise: true)));
        for (ulong version = 1; version <= 4; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "x").Set("b", "y"), version);
        }

        await fixture.Store.CommitAsync(new WriteBatch().Drop(Bytes.Of("a")), 5);
        await fixture.Store.FlushAsync();
        var preview = await fixture.Store.PreviewReclamationAsync();

        // Three versions of each of the two keys, in both tiers.
        preview.Report.Should().Be(new ReclamationReport(CommitVersion.Zero, 0, 16, 12, 24));
        preview.InMemory[RetentionReason.Reclaimable].Should().Be(new VersionTotals(6, 12));
        preview.Stored[RetentionReason.NewestAtFloor].Should().Be(new VersionTotals(2, 4));
        fixture.Store.GetFloor(FirstByteClassifier.Operator).Should().Be(CommitVersion.Zero);
        (await fixture.Store.ReadAsync("a", 1)).Should().Be("x@1");
        (await fixture.Store.ReadAsync("b", 1)).Should().Be("y@1");
        await fixture.ReopenAsync();
        (await fixture.Store.ReadAsync("b", 1)).Should().Be("y@1");

        var report = await fixture.Store.ReclaimAsync();
        report.ReclaimedVersions.Should().Be(6);
        fixture.Store.GetFloor(FirstByteClassifier.Operator).Should().Be((CommitVersion)5);
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.ReadAsync("a", 1));
    }

    [Fact]
    public async Task C2_WhatTwoPinsShareCountsForNeither()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.CommitAsync(new WriteBatch().Set("shared", "12345").Set("own", "1"), 1);
        using var first = fixture.Store.OpenSnapshot(1, "first");
        await fixture.Store.SetAsync(2, "own", "22");
        using var second = fixture.Store.OpenSnapshot(2, "second");
        using var twin = fixture.Store.OpenSnapshot(2, "twin");
        await fixture.Store.CommitAsync(new WriteBatch().Set("shared", "new").Set("own", "333"), 3);
        await fixture.Store.FlushAsync();

        fixture.Store.GetOpenSnapshots().Should().OnlyContain(s => s.Cost == null);
        fixture.Clock.Advance(TimeSpan.FromMinutes(5));
        var preview = await fixture.Store.PreviewReclamationAsync();
        preview.Pins.Select(p => p.Owner).Should().Equal("first", "second", "twin");
        var listed = fixture.Store.GetOpenSnapshots();
        listed.Should().Equal(preview.Pins);

        // Only the first sees own@1; second and twin share own@2, and all three share shared@1.
        listed[0].Cost.Should().Be(new SnapshotCost(new VersionTotals(1, 4), new VersionTotals(1, 4), fixture.Clock.GetUtcNow()));
        listed[1].Cost!.Stored.Should().Be(default(VersionTotals));
        listed[2].Cost!.InMemory.Should().Be(default(VersionTotals));
        twin.Dispose();
        await fixture.Store.PreviewReclamationAsync();
        fixture.Store.GetOpenSnapshots()[1].Cost!.Stored.Should().Be(new VersionTotals(1, 5));
    }

    [Fact]
    public async Task E7_EachVersionIsExplainedWithItsRuleAndThePinsInTheWay()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o =>
        {
            o.GarbageCollection.RetainVersions = 10;
            o.GarbageCollection.RetainPerKey = 2;
        });
        for (ulong version = 1; version <= 5; version++)
        {
            await fixture.Store.SetAsync(version * 10, "a", $"{version}");
        }

        await fixture.Store.FlushAsync();
        fixture.Store.Evict(0);
        using var snapshot = fixture.Store.OpenSnapshot(15, "report");
        await fixture.Store.RemoveAsync(60, "a");
        var scan = fixture.Store.OpenScan(KeyRange.All, ReadScope.AsOf(25));

        // The floor would be at 40: what is durable, 50, less ten.
        var told = await fixture.Store.ExplainAsync("a"u8);
        told.Floor.Should().Be((CommitVersion)40);
        told.Kind.Should().Be(EntryKind.Multi);
        told.Versions.Select(v => (v.Version.Value, v.Reason)).Should().Equal(
            (60, RetentionReason.AboveFloor),
            (50, RetentionReason.AboveFloor),
            (40, RetentionReason.NewestAtFloor),
            (30, RetentionReason.RetainedPerKey),
            (20, RetentionReason.Pinned),
            (10, RetentionReason.Pinned));
        told.Versions[0].Should().Match<VersionExplanation>(v => v.IsTombstone && v.InMemory == RetentionReason.AboveFloor && v.Stored == null && v.Bytes == 1);
        told.Versions[5].Should().Match<VersionExplanation>(v => !v.IsTombstone && v.InMemory == null && v.Stored == RetentionReason.Pinned && v.Bytes == 2);
        told.Versions[5].Pins.Should().Equal(fixture.Store.GetOpenSnapshots());
        told.Versions[4].Pins.Should().ContainSingle(p => p.IsRead && p.Owner == "(read)" && p.Version == (CommitVersion)25);
        scan.Dispose();
        (await fixture.Store.ExplainAsync("a"u8)).Versions[4].Should().Match<VersionExplanation>(v => v.IsReclaimable && v.Pins.Count == 0);
        (await fixture.Store.ExplainAsync("none"u8)).Versions.Should().BeEmpty();
    }

    [Fact]
    public async Task E7_AnExplanationReadsOnOverPagesThatEndInsideAKey()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.Sqlite, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.Persistence.ReadPageRows = 1;
            o.Persistence.MaxSkippedPerPage = 1;
        });
        for (ulong version = 1; version <= 50; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "2"), version);
        }

        await fixture.Store.FlushAsync();
        var told = await fixture.Store.ExplainAsync("a"u8);
        told.Versions.Should().HaveCount(50).And.OnlyContain(v => v.InMemory == v.Reason && v.Stored == v.Reason);
        told.Versions.Count(v => v.IsReclaimable).Should().Be(49);
        (await fixture.Store.PreviewReclamationAsync()).Stored[RetentionReason.Reclaimable].Versions.Should().Be(98);
    }
}
