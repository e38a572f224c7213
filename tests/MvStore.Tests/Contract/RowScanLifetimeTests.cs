using System.Runtime.CompilerServices;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;
using static MvStore.Tests.Contract.RowScanSteps;

namespace MvStore.Tests.Contract;

/// <summary>How long a scan that shows rows where they lie may be used, what it keeps, and what ends it.</summary>
public sealed class RowScanLifetimeTests
{
    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [InlineData(Residency.Buffered)]
    [InlineData(Residency.Evicted)]
    public async Task B8_APortionIsEnumeratedOnceAndToItsEnd(Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await FillAsync(fixture.Store, 100);
        await fixture.SettleAsync(residency);
        foreach (var open in (Func<RowScan>[])[
            () => fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest), () => fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest)])
        {
            using var scan = open();
            Count(scan.Rows).Should().Be(0, "nothing was read yet");
            (await scan.ReadAsync()).Should().BeTrue();
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await scan.ReadAsync());
            Count(scan.Rows, most: 1).Should().Be(1);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await scan.ReadAsync());
            Assert.Throws<InvalidOperationException>(() => Count(scan.Rows));

            using var whole = open();
            var count = 0;
            while (await whole.ReadAsync())
            {
                count += Count(whole.Rows);
                Assert.Throws<InvalidOperationException>(() => Count(whole.Rows));
            }

            count.Should().BeGreaterThanOrEqualTo(80);
            (await whole.ReadAsync()).Should().BeFalse();
            Count(whole.Rows).Should().Be(0);
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task B8_ADisposedScanThrowsAndPinsNothing(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await FillAsync(fixture.Store, 100);
        await fixture.FlushIfPersistentAsync();
        foreach (var isRead in (bool[])[false, true])
        {
            foreach (var scan in (RowScan[])[
                fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest), fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest)])
            {
                _ = isRead && await scan.ReadAsync();
                scan.Dispose();
                scan.Dispose();
                await Assert.ThrowsAsync<ObjectDisposedException>(async () => await scan.ReadAsync());
                Assert.Throws<ObjectDisposedException>(() => Count(scan.Rows));
            }
        }

        await fixture.Store.CommitAsync(new WriteBatch().Set("k00", "new"), 100);
        await fixture.FlushIfPersistentAsync();
        await fixture.Store.ReclaimAsync();
        (await fixture.Store.HistoryAsync("k00")).Should().Equal("new@100");
    }

    [Fact]
    public async Task C1_AScanOfASnapshotEndsWithIt()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await FillAsync(fixture.Store, ManyKeys);
        var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        using var scan = snapshot.OpenScan(KeyRange.All);
        (await scan.ReadAsync()).Should().BeTrue();
        Assert.Throws<ObjectDisposedException>(() => DisposeInTheMiddle(scan, snapshot.Dispose));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await scan.ReadAsync().AsTask());

        // Its end does not end the snapshot.
        using var other = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        other.OpenScan(KeyRange.All).Dispose();
        (await other.ReadAsync("k0001")).Should().NotBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C3_AForgottenScanIsReleasedAndLogged(bool isHistory)
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        await ForgetAsync(fixture.Store, isHistory);
        await fixture.Store.SetAsync(20, "a", "2");
        long reclaimed = 0;
        for (var i = 0; i < 20 && reclaimed == 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            reclaimed = (await fixture.Store.ReclaimAsync()).ReclaimedVersions;
        }

        reclaimed.Should().Be(1, "nobody sees version 10 any more");
        fixture.Log.Entries.Should().ContainSingle(e => e.Message.Contains("scan", StringComparison.OrdinalIgnoreCase) && e.Message.Contains("10", StringComparison.Ordinal));

        // Not inlined, so that no reference to the scan survives in the caller's frame.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static Task ForgetAsync(IMultiVersionStore store, bool isHistory)
        {
            var scan = isHistory ? store.OpenHistory(KeyRange.All, CommitVersion.Latest) : store.OpenScan(KeyRange.All, ReadScope.Latest);
            return scan.ReadAsync().AsTask();
        }
    }

    [Fact]
    public async Task C3_AScanKeepsItsSnapshotFromBeingForgotten()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 0);
        await FillAsync(fixture.Store, 100);
        using var scan = Open(fixture.Store);
        await fixture.Store.SetAsync(100, "k00", "new");
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await fixture.Store.ReclaimAsync();
        }

        (await Portions.ToListAsync(scan)).Should().HaveCount(80).And.OnlyContain(row => row.Version < 100);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static RowScan Open(IMultiVersionStore store) => store.OpenSnapshot(CommitVersion.Latest, "held by its scan").OpenScan(KeyRange.All);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task D9_AScanIsNeverCutShortByDisposingTheStore(StoreStorage storage, Residency residency)
    {
        foreach (var isHistory in (bool[])[false, true])
        {
            await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.ReadPageRows = 50);
            await FillAsync(fixture.Store, ManyKeys);
            await fixture.SettleAsync(residency);
            var expected = await Portions.ToListAsync(Open());
            using var scan = Open();
            var store = fixture.Store;
            var rows = 0;

            // It may end as usual, or say that the store is gone; it may not look as if there were no more rows, and the row in hand stays.
            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Portions.ToListAsync(scan, duringPortion: read =>
            {
                rows = read;
                _ = read == 10 && Wait(() => store.DisposeAsync().AsTask());
            }));
            rows.Should().BeInRange(10, expected.Count - 1);

            RowScan Open() => isHistory ? fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest) : fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest);
        }
    }

    [Fact]
    public async Task B8_AReadThatFailedOrWasCancelledCanBeMadeAgain()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.Persistence.ReadPageRows = 30);
        await FillAsync(fixture.Store, 100);
        await fixture.SettleAsync(Residency.Evicted);
        var expected = await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest));
        using var scan = fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest);
        var rows = new List<VersionedRow>();
        var failures = 0;
        while (true)
        {
            using var cancellation = new CancellationTokenSource();
            using (var hold = fixture.Tier.HoldReads())
            {
                var read = scan.ReadAsync(cancellation.Token).AsTask();
                if (!read.IsCompleted)
                {
                    await hold.Reached.Guarded();
                    await cancellation.CancelAsync();
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
                    failures++;
                }
            }

            Count(scan.Rows).Should().Be(0, "nothing was read");
            if (!await scan.ReadAsync())
            {
                break;
            }

            Add(scan, rows);
        }

        failures.Should().BeGreaterThan(2);
        AnswerText.Of(rows).Should().Be(AnswerText.Of(expected));
    }

    private static void DisposeInTheMiddle(RowScan scan, Action dispose)
    {
        var rows = 0;
        foreach (var row in scan.Rows)
        {
            row.Key.Length.Should().Be(5);
            if (++rows == 3)
            {
                dispose();
            }
        }
    }

    private static void Add(RowScan scan, List<VersionedRow> rows)
    {
        foreach (var row in scan.Rows)
        {
            rows.Add(row.ToRow());
        }
    }
}
