using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class ScopeTests
{
    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B7_AWindowHasPerKeyItsNewestVersionAndATombstoneInItOmitsTheKey(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 2);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "5").Set("b", "5").Set("c", "5"), 5);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "10").Remove("b"), 10);
        await fixture.SettleAsync(residency);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "15").Set("b", "15").Set("d", "15"), 15);
        await fixture.Store.CommitAsync(new WriteBatch().Remove("d"), 20);

        (ulong After, CommitVersion At, string Expected)[] windows =
        [
            (0, 5, "[a@5=5, b@5=5, c@5=5]"),
            (4, 5, "[a@5=5, b@5=5, c@5=5]"),
            (5, 5, "[]"),
            (5, 10, "[a@10=10]"),
            (5, 15, "[a@15=15, b@15=15, d@15=15]"),
            (9, 14, "[a@10=10]"),
            (10, 15, "[a@15=15, b@15=15, d@15=15]"),
            (10, 20, "[a@15=15, b@15=15]"),
            (15, 20, "[]"),
            (10, CommitVersion.Latest, "[a@15=15, b@15=15]"),
            (20, 10, "[]"),
            (ulong.MaxValue, CommitVersion.Latest, "[]"),
            (0, 0, "[]"),
        ];
        foreach (var (after, at, expected) in windows)
        {
            var scope = ReadScope.Between(after, at);
            var rows = await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, scope));
            AnswerText.Of(rows).Should().Be(expected, "that is in ({0}, {1}]", after, at);
            rows.Reverse();
            AnswerText.Of(await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, scope, ScanDirection.Reverse)))
                .Should().Be(AnswerText.Of(rows));
            AnswerText.Of(await Scans.PagesAsync(fixture.Store, KeyRange.All, scope, 1, ScanDirection.Reverse))
                .Should().Be(AnswerText.Of(rows));
            using var snapshot = fixture.Store.OpenSnapshot(at);
            AnswerText.Of(await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All, after: after))).Should().Be(expected);
            AnswerText.Of(await Scans.PagesAsync(snapshot, KeyRange.All, 1, ScanDirection.Reverse, after)).Should().Be(AnswerText.Of(rows));
        }
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B7_TheLowerEndOfAWindowMayBeBelowTheFloor(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "old", "1");
        await fixture.Store.SetAsync(20, "a", "1");
        await fixture.SettleAsync(residency == Residency.Buffered ? Residency.Flushed : residency);
        (await fixture.Store.ReclaimAsync()).Floor.Should().Be((CommitVersion)20);
        await fixture.Store.SetAsync(30, "b", "1");

        (await Scans.ShowAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Between(15, 30)))).Should().Be("[a@20=1, b@30=1]");
        (await Scans.ShowAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Between(25, 30)))).Should().Be("[b@30=1]");
    }
}
