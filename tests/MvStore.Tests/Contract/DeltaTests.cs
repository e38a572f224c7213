using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A1, A7 and A8: what each kind of delta does, the empty batch, and deleting what is not there.</summary>
public sealed class DeltaTests
{
    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_SetGivesTheKeyItsValueAtItsVersion(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", string.Empty), 10).Guarded();
        await fixture.SettleAsync(residency);

        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        (await fixture.Store.ReadAsync("b")).Should().Be("@10", "an empty value is a value");
        (await fixture.Store.ReadAsync("a", 9)).Should().BeNull();
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_UnsetAndRemoveAreTheSameTombstoneToAReader(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("r", "1").Set("u", "1"), 10).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Remove("r").Unset(Bytes.Of("u"), Bytes.Of("1")), 20).Guarded();
        await fixture.SettleAsync(residency);

        foreach (var key in (string[])["r", "u"])
        {
            (await fixture.Store.ReadAsync(key)).Should().BeNull();
            (await fixture.Store.ReadAsync(key, 19)).Should().Be("1@10");
            (await fixture.Store.ContainsAsync(Bytes.Of(key), 20).Guarded()).Should().BeFalse();
            (await fixture.Store.HistoryAsync(key)).Should().Equal("-@20", "1@10");
            var previous = await fixture.Store.GetPreviousAsync(Bytes.Of(key), CommitVersion.Latest).Guarded();
            previous.Kind.Should().Be(PreviousVersionKind.Tombstone);
            previous.Row.Version.Should().Be((CommitVersion)20);
        }

        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().BeEmpty();
    }

    [Fact]
    public async Task A1_UnsetHandsItsPreImageToListenersAndRemoveHandsNothing()
    {
        var listener = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, build: b => b.AddCommitListener(listener));
        await fixture.Store.CommitAsync(new WriteBatch().Set("r", "1").Set("u", "1").Set("d", "1"), 10).Guarded();
        await fixture.Store.CommitAsync(
            new WriteBatch().Unset(Bytes.Of("u"), Bytes.Of("old")).Remove("r").Drop(Bytes.Of("d")).Set("s", "new"), 20).Guarded();

        var commits = await listener.TakeAsync(2).Guarded();

        commits[1].Version.Should().Be((CommitVersion)20);
        commits[1].Deltas.Select(d => (d.Kind, Bytes.Text(d.Key), Bytes.Text(d.Value))).Should().Equal(
            (DeltaKind.Drop, "d", string.Empty),
            (DeltaKind.Remove, "r", string.Empty),
            (DeltaKind.Set, "s", "new"),
            (DeltaKind.Unset, "u", "old"));
    }

    [Fact]
    public async Task A1_ListenersAreToldInPublicationOrderWithTheReceiptsSequence()
    {
        var listener = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, build: b => b.AddCommitListener(listener));
        var first = await fixture.Store.SetAsync(20, "a", "1");
        var second = await fixture.Store.SetAsync(10, "a", "2");
        var third = await fixture.Store.SetAsync(30, "a", "3");

        var commits = await listener.TakeAsync(3).Guarded();

        commits.Select(c => new CommitReceipt(c.Version, c.Sequence)).Should().Equal(first, second, third);
        commits.Select(c => c.Sequence).Should().Equal(1UL, 2UL, 3UL);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_DropChangesNothingThatAReaderSees(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Drop(Bytes.Of("a")).Drop(Bytes.Of("absent")), 30).Guarded();
        await fixture.SettleAsync(residency);

        (await fixture.Store.ReadAsync("a")).Should().Be("2@20");
        (await fixture.Store.ReadAsync("a", 10)).Should().Be("1@10");
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@20", "a=1@10");
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)30);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A1_AfterADropReclamationLeavesTheNewestVersionAndWhatAPinSees(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.SetAsync(20, "a", "2");
        await fixture.Store.SetAsync(30, "a", "3");
        await fixture.Store.CommitAsync(new WriteBatch().Drop(Bytes.Of("a")), 40).Guarded();
        await fixture.SettleAsync(residency);
        await fixture.FlushIfPersistentAsync();

        using (var pin = fixture.Store.OpenSnapshot(25, "reader"))
        {
            await fixture.Store.ReclaimAsync().Guarded();
            (await fixture.Store.HistoryAllAsync()).Should().BeEquivalentTo("a=3@30");
            (await pin.ReadAsync("a")).Should().Be("2@20");
        }

        await fixture.Store.ReclaimAsync().Guarded();
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=3@30");
        (await fixture.Store.ReadAsync("a")).Should().Be("3@30");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A7_AnEmptyBatchChangesNoKeyAndCountsAsPublished(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        var receipt = await fixture.Store.CommitAsync(new WriteBatch(), 20).Guarded();
        await fixture.SettleAsync(residency);

        receipt.Should().Be(new CommitReceipt(20, 2));
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)20);
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(2);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@10");
        (await fixture.Store.SetAsync(30, "a", "2")).Sequence.Should().Be(3);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A7_EmptyBatchesNeverCollide(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.CommitAsync(new WriteBatch(), 20).Guarded();
        await fixture.SettleAsync(residency);

        await fixture.Store.CommitAsync(new WriteBatch(), 20).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch(), 10).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch(), 5).Guarded();

        fixture.Store.GetStatistics().PublishedSequence.Should().Be(5);
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)20);
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task A7_AnEmptyBatchCanBeDurable(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.CommitAsync(new WriteBatch(), 20, Durability.Durable).Guarded();

        fixture.Store.DurableVersion.Should().Be((CommitVersion)20);
        await fixture.CrashAsync();
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)20);
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(1);
    }

    [Fact]
    public async Task A7_ListenersAreToldOfAnEmptyCommit()
    {
        var listener = new CommitRecorder();
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, build: b => b.AddCommitListener(listener));
        await fixture.Store.CommitAsync(new WriteBatch(), 20).Guarded();

        var commits = await listener.TakeAsync(1).Guarded();

        commits[0].Version.Should().Be((CommitVersion)20);
        commits[0].Deltas.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A8_DeletingAnAbsentKeyIsAccepted(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.RemoveAsync(20, "a");
        await fixture.SettleAsync(residency);

        await fixture.Store.CommitAsync(
            new WriteBatch().Remove("a").Remove("never").Unset(Bytes.Of("neither"), default).Set("b", "2"), 30).Guarded();
        await fixture.SettleAsync(residency);

        (await fixture.Store.ScanAllAsync(CommitVersion.Latest)).Should().Equal("b=2@30");
        (await fixture.Store.ReadAsync("a", 10)).Should().Be("1@10");
        (await fixture.Store.ReadAsync("never")).Should().BeNull();
        (await fixture.Store.ReadAsync("neither")).Should().BeNull();
    }
}
