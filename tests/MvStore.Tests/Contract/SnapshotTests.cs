using System.Runtime.CompilerServices;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

public sealed class SnapshotTests
{
    public static TheoryData<StoreStorage, Residency> Open
    {
        get
        {
            var data = new TheoryData<StoreStorage, Residency> { { StoreStorage.None, Residency.MemoryOnly } };
            foreach (var storage in (StoreStorage[])[StoreStorage.InMemory, StoreStorage.Sqlite])
            {
                data.Add(storage, Residency.Buffered);
                data.Add(storage, Residency.Flushed);
                data.Add(storage, Residency.Evicted);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task C1_EveryReadGivesTheSameAnswerWhateverHappens(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.Persistence.ReadPageRows = 2;
        });
        var store = fixture.Store;
        await store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1").Set("c", "1"), 10);
        await store.CommitAsync(new WriteBatch().Set("a", "2").Remove("b").Set("d", string.Empty), 20);
        await fixture.SettleAsync(residency);
        using var old = store.OpenSnapshot(15, "old");
        using var latest = store.OpenSnapshot(CommitVersion.Latest, "latest");
        using var future = store.OpenSnapshot(1_000, "future");
        ISnapshot[] snapshots = [old, latest, future];
        var before = await Task.WhenAll(snapshots.Select(AnswersAsync));

        await store.CommitAsync(new WriteBatch().Set("a", "3").Remove("c").Set("e", "3"), 30);
        await RequireSameAsync("a newer commit");
        await store.CommitAsync(new WriteBatch().Set("a", "late").Set("b", "late").Remove("c").Set("f", "late"), 14);
        await RequireSameAsync("a late commit");
        await store.CommitAsync(new WriteBatch().Set("a", "between"), 18);
        await RequireSameAsync("a late commit between the two");
        await fixture.SettleAsync(storage == StoreStorage.None ? residency : Residency.Flushed);
        await RequireSameAsync("a flush");
        store.Evict(0);
        await RequireSameAsync("eviction");
        await store.ReclaimAsync();
        await RequireSameAsync("reclamation");
        store.Evict(0);
        await store.SetAsync(2_000, "a", "far");
        await fixture.SettleAsync(storage == StoreStorage.None ? residency : Residency.Evicted);
        (await store.ReclaimAsync()).Floor.Should().Be((CommitVersion)2_000);
        await RequireSameAsync("a floor above all of them");

        async Task RequireSameAsync(string after)
            => (await Task.WhenAll(snapshots.Select(AnswersAsync))).Should().Equal(before, "nothing changes after {0}", after);
    }

    [Theory]
    [MemberData(nameof(Open))]
    public async Task C1_ASnapshotOfTheFutureDoesNotSeeWhatIsPublishedLater(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        using var snapshot = fixture.Store.OpenSnapshot(100);
        snapshot.Version.Should().Be((CommitVersion)100);
        await fixture.Store.SetAsync(50, "a", "2");
        await fixture.SettleAsync(residency);
        (await snapshot.ReadAsync("a")).Should().Be("1@10");
        (await fixture.Store.ReadAsync("a", 100)).Should().Be("2@50");
    }

    [Fact]
    public async Task C1_AfterDisposalEveryReadThrowsAndDisposingAgainIsHarmless()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "a", "1");
        var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        var running = snapshot.ScanAsync(KeyRange.All);
        using var runningPortions = snapshot.OpenScan(KeyRange.All);
        snapshot.Dispose();
        snapshot.Dispose();

        Func<Task>[] reads =
        [
            .. SnapshotMembers.All().Select<SnapshotMember, Func<Task>>(member => () => member.Call(snapshot)),
            async () => await Scans.ToListAsync(running),
            async () => await runningPortions.ReadAsync(),
        ];
        foreach (var read in reads)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(read);
        }

        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
    }

    [Fact]
    public async Task C2_OpenSnapshotsAreListedWithTheirOwnersOldestVersionFirst()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "a", "1");
        using var second = fixture.Store.OpenSnapshot(7, "second");
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        using var first = fixture.Store.OpenSnapshot(3, "first");
        using var third = fixture.Store.OpenSnapshot(CommitVersion.Latest, "third");

        var start = second.OpenedAt;
        fixture.Store.GetOpenSnapshots().Should().Equal(
            new SnapshotInfo("first", 3, start + TimeSpan.FromMinutes(1)) { Id = 2 },
            new SnapshotInfo("second", 7, start) { Id = 1 },
            new SnapshotInfo("third", 10, start + TimeSpan.FromMinutes(1)) { Id = 3 });
        fixture.Store.GetStatistics().OpenSnapshots.Should().Be(3);
        Assert.ThrowsAny<ArgumentException>(() => fixture.Store.OpenSnapshot(1, string.Empty));
    }

    [Fact]
    public async Task C3_AForgottenSnapshotIsReleasedAndLoggedWithItsOwner()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 0);
        await fixture.Store.SetAsync(10, "a", "1");
        Forget(fixture.Store);
        await fixture.Store.SetAsync(20, "a", "2");
        await fixture.Store.ReclaimAsync();
        for (var i = 0; i < 10 && fixture.Store.GetOpenSnapshots().Count > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
        fixture.Log.Entries.Should().ContainSingle(e => e.Message.Contains("forgetful", StringComparison.Ordinal));
        (await fixture.Store.ReclaimAsync()).ReclaimedVersions.Should().Be(1, "nobody sees version 10 any more");

        // Not inlined, so that no reference to the snapshot survives in the caller's frame.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(IMultiVersionStore store) => _ = store.OpenSnapshot(10, "forgetful");
    }

    [Fact]
    public async Task C4_OpeningAndReadingASnapshotWaitsForNoFlushNoLateCommitAndNoReclamation()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = 1);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.SetAsync(20, "a", "2");
        using var applies = fixture.Tier.HoldApplies();
        using var reads = fixture.Tier.HoldReads();
        var flush = fixture.Store.FlushAsync().AsTask();
        await applies.Reached.Guarded();

        // A late commit is held while it looks for duplicates on disk.
        var late = fixture.Store.CommitAsync(new WriteBatch().Set("a", "late"), 5).AsTask();
        await reads.Reached.Guarded();
        for (var i = 0; i < 100; i++)
        {
            using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
            Guards.RequireAtOnce(snapshot.GetAsync("a"u8));
        }

        late.IsCompleted.Should().BeFalse();
        flush.IsCompleted.Should().BeFalse();
        applies.Release();
        reads.Release();
        await Task.WhenAll(late, flush).Guarded();
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    public async Task C1_C4_SnapshotsOpenedAndClosedByManyThreadsStayRightWhileReclamationRuns(StoreStorage storage)
    {
        const int Rounds = 250;
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 2);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 1);
        var writer = Task.Run(async () =>
        {
            for (ulong version = 2; version <= Rounds; version++)
            {
                await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{version}").Set("b", $"{version}"), version);
                if (storage != StoreStorage.None)
                {
                    await fixture.Store.FlushAsync();
                    fixture.Store.Evict(0);
                }

                await fixture.Store.ReclaimAsync();
            }
        });
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
                var expected = $"{snapshot.Version}@{snapshot.Version}";
                (await snapshot.ReadAsync("a")).Should().Be(expected);
                await Task.Yield();
                (await snapshot.ReadAsync("b")).Should().Be(expected);
                (await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All))).Select(r => r.Version)
                    .Should().AllBeEquivalentTo(snapshot.Version);
                (await snapshot.ReadAsync("a")).Should().Be(expected);
            }
        }));
        await Task.WhenAll([writer, .. readers]).Guarded();
        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
    }

    /// <summary>What a snapshot says, apart from history below its own version, which it does not keep.</summary>
    private static async Task<string> AnswersAsync(ISnapshot snapshot)
    {
        var answers = new List<string>();
        foreach (var key in (string[])["a", "b", "c", "d", "e", "f"])
        {
            answers.Add(AnswerText.Of(await snapshot.GetAsync(Bytes.Of(key))));
            answers.Add($"{await snapshot.ContainsAsync(Bytes.Of(key))}");
            answers.Add(AnswerText.Of(await snapshot.GetPreviousAsync(Bytes.Of(key), CommitVersion.Latest)));
        }

        answers.Add(AnswerText.Of(await snapshot.GetManyAsync([Bytes.Of("c"), Bytes.Of("a"), Bytes.Of("e")])));
        foreach (var direction in Enum.GetValues<ScanDirection>())
        {
            answers.Add(AnswerText.Of(await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.All, direction))));
            answers.Add(AnswerText.Of(await Scans.PagesAsync(snapshot, KeyRange.All, 1, direction)));
            answers.Add(AnswerText.Of(await Scans.ToListAsync(snapshot.ScanAsync(KeyRange.From("b"u8), direction, after: 12))));
        }

        return string.Join("; ", answers);
    }
}
