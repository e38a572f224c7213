using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>Contract B9: what was published after a read captured its view, below the version it reads at, is passed over with bounded work, in memory too.</summary>
public sealed class HiddenEntryTests
{
    private const ulong At = 10_000_000; // Above all that is committed, so that only the moment hides anything.

    [Theory]
    [InlineData(ScanDirection.Forward)]
    [InlineData(ScanDirection.Reverse)]
    public async Task B9_AMillionVersionsOfOneKeyHiddenInMemoryAreCrossed(ScanDirection direction)
    {
        const ulong Hidden = 1_000_000;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("k", "1").Set("z", "1"), 1);
        using var snapshot = fixture.Store.OpenSnapshot(At);
        var first = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(At), 1, direction);
        var hidden = new WriteBatch().Set("k", "2").Remove("m");
        for (var version = 2UL; version < Hidden + 2; version++)
        {
            await fixture.Store.CommitAsync(hidden, version);
        }

        var page = await fixture.Store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(At), 10, direction, first.Next);
        AnswerText.Of(page.Rows).Should().Be(direction == ScanDirection.Forward ? "[k@1=1, z@1=1]" : "[k@1=1, a@1=1]");
        page.Next.Should().BeNull();
        AnswerText.Of(await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.Exactly(Bytes.Of("k"))))).Should().Be("[k@1=1]");
        AnswerText.Of(await Portions.ToListAsync(snapshot.OpenHistory(KeyRange.All))).Should().Be("[a@1=1, k@1=1, z@1=1]");
        AnswerText.Of(await Scans.ToListAsync(snapshot.HistoryAsync(KeyRange.All))).Should().Be("[a@1=1, k@1=1, z@1=1]");
        (await snapshot.ReadAsync("m")).Should().BeNull();
    }

    [Theory]
    [InlineData(Residency.Buffered)]
    [InlineData(Residency.Evicted)]
    public async Task B9_ManyKeysHiddenInMemoryYieldManyPortionsAndPages(Residency residency)
    {
        const int Hidden = 20_000;
        const int Skipped = 500;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o =>
        {
            o.Persistence.ReadPageRows = 100;
            o.Persistence.MaxSkippedPerPage = Skipped;
        });
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("z", "1"), 1);
        await fixture.SettleAsync(residency);
        using var snapshot = fixture.Store.OpenSnapshot(At);
        var batch = new WriteBatch(Hidden);
        for (var i = 0; i < Hidden; i++)
        {
            batch.Set($"k{i:00000}", "hidden");
        }

        await fixture.Store.CommitAsync(batch, 2);
        foreach (var open in (Func<RowScan>[])[() => snapshot.OpenScan(KeyRange.All), () => snapshot.OpenHistory(KeyRange.All)])
        {
            var portions = 0;
            var rows = await Portions.ToListAsync(open(), _ =>
            {
                portions++;
                return Task.CompletedTask;
            });
            AnswerText.Of(rows).Should().Be("[a@1=1, z@1=1]");
            portions.Should().BeGreaterThan(Hidden / 700, "a portion looks at some hundred keys");
        }

        var pages = 0;
        PageToken? next = null;
        do
        {
            var page = await snapshot.ScanPageAsync(KeyRange.All, 10, continuation: next);
            next = page.Next;
            pages++;
        }
        while (next is not null);
        pages.Should().BeGreaterThan(Hidden / (2 * Skipped));
    }
}
