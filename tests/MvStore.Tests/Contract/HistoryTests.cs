using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class HistoryTests
{
    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B5_HistoryIsEveryEntryNewestFirstTombstonesIncluded(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 2);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 1);
        await fixture.Store.CommitAsync(new WriteBatch().Remove("a").Set("c", "2"), 2);
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "5").Remove("d"), 5);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "4"), 4);

        (await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest)))
            .Should().Be("[a@5=5, a@4=4, a@2 tombstone, a@1=1, b@1=1, c@2=2, d@5 tombstone]");
        (await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.All, 4))).Should().Be("[a@4=4, a@2 tombstone, a@1=1, b@1=1, c@2=2]");
        (await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.Exactly("a"u8), 3))).Should().Be("[a@2 tombstone, a@1=1]");
        (await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.Between("b"u8, false, "d"u8, false), 9))).Should().Be("[c@2=2]");
        (await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.Between("d"u8, "b"u8), 9))).Should().Be("[]");
        (await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.All, 0))).Should().Be("[]");
        using var snapshot = fixture.Store.OpenSnapshot(2);
        (await Scans.ShowAsync(snapshot.HistoryAsync(KeyRange.All))).Should().Be("[a@2 tombstone, a@1=1, b@1=1, c@2=2]");
    }

    [Theory]
    [InlineData(StoreStorage.None, 1)]
    [InlineData(StoreStorage.InMemory, 1)]
    [InlineData(StoreStorage.InMemory, 3)]
    [InlineData(StoreStorage.Sqlite, 1)]
    [InlineData(StoreStorage.Sqlite, 4)]
    public async Task B5_ALongHistoryAcrossBothTiersComesInOrderForEveryChunkSize(StoreStorage storage, int chunk)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = chunk);
        var expected = new List<string>();
        for (ulong version = 1; version <= 60; version++)
        {
            await fixture.Store.SetAsync(version * 2, version % 3 == 0 ? "b" : "a", $"{version}");
            if (storage != StoreStorage.None && version % 13 == 0)
            {
                await fixture.Store.FlushAsync();
                fixture.Store.Evict(version % 2 == 0 ? 0 : 400);
            }
        }

        foreach (var key in (string[])["a", "b"])
        {
            for (var version = 60; version > 0; version--)
            {
                if (version % 3 == 0 == (key == "b"))
                {
                    expected.Add($"{key}@{version * 2}={version}");
                }
            }
        }

        (await Scans.ToListAsync(fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest))).Select(AnswerText.Of)
            .Should().Equal(expected);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B5_HistoryEndsAtTheNewestVersionAtOrBelowTheFloor(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 10);
        foreach (var version in (ulong[])[5, 10, 20, 25, 30])
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
        }

        await fixture.Store.SetAsync(7, "b", "7");
        var settled = residency == Residency.Buffered ? Residency.Flushed : residency;
        await fixture.SettleAsync(settled);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)20);

        (await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest)))
            .Should().Be("[a@30=30, a@25=25, a@20=20, b@7=7]");
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B5_AHistoryIsStableWhileCommitsFlushesAndEvictionRun(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 2);
        for (ulong version = 100; version <= 1_000; version += 100)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{version}").Set("b", $"{version}"), version);
        }

        var expected = await Scans.ShowAsync(fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest));
        var rows = new List<VersionedRow>();
        ulong late = 1;
        await foreach (var row in fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest))
        {
            rows.Add(row);
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "late").Remove("b").Set("c", "late"), late++);
            await fixture.Store.SetAsync(2_000 + late, "a", "newer");
            if (storage != StoreStorage.None)
            {
                await fixture.Store.FlushAsync();
                fixture.Store.Evict(0);
            }
        }

        AnswerText.Of(rows).Should().Be(expected);
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B5_AHistoryOvertakenByTheFloorIsCutAndNeverWrong(StoreStorage storage)
    {
        // The pin of a running history keeps what it sees, the floor what is above it: rows may end earlier, but none is skipped.
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.Persistence.ReadPageRows = 1;
            o.GarbageCollection.RetainVersions = 15;
        });
        for (ulong version = 10; version <= 50; version += 10)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{version}").Set("b", $"{version}"), version);
        }

        var rows = new List<VersionedRow>();
        await foreach (var row in fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest))
        {
            rows.Add(row);
            if (rows.Count == 1)
            {
                await fixture.FlushIfPersistentAsync();

                (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)35);
            }
        }

        AnswerText.Of(rows).Should().BeOneOf(
            "[a@50=50, a@40=40, a@30=30, b@50=50, b@40=40, b@30=30]",
            "[a@50=50, a@40=40, a@30=30, a@20=20, a@10=10, b@50=50, b@40=40, b@30=30, b@20=20, b@10=10]");
    }
}
