using System.Buffers;
using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>Point reads that show a row where it lies, or copy its value to where the caller wants it, say what a get says.</summary>
public sealed class GuardedReadTests
{
    private static readonly string[] Keys = ["deleted", "empty", "inline", "late", "long", "many", "never", "overwritten"];

    public static TheoryData<StoreStorage, Residency> Everywhere => TestCases.Everywhere;

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B1_B2_TheyAgreeWithGetInEveryState(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await WriteEveryStateAsync(fixture.Store);
        await fixture.SettleAsync(residency);
        await RequireAgreementAsync(fixture.Store);

        // And with something newer in memory than what the tier holds.
        await fixture.Store.CommitAsync(new WriteBatch().Set("many", "newest").Remove("inline").Set("deleted", "back").Set("late", "new"), 60);
        await fixture.Store.CommitAsync(new WriteBatch().Set("overwritten", "between").Set("never", "late"), 25);
        await RequireAgreementAsync(fixture.Store);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task B3_BelowTheFloorIsATypedErrorAndNeverAbsent(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 5);
        await WriteEveryStateAsync(fixture.Store);
        await fixture.SettleAsync(residency);
        await fixture.FlushIfPersistentAsync();
        await fixture.Store.ReclaimAsync();
        var floor = fixture.Store.GetFloor();
        floor.Should().Be((CommitVersion)45);

        foreach (var key in Keys.Append("nobody"))
        {
            var expected = AnswerText.BelowFloor(44, floor);
            (await AnswerText.OfAsync(() => ValueTask.FromResult(RowTexts.TryGet(fixture.Store, key, 44)))).Should().Be(expected);
            (await AnswerText.OfAsync(async () => await RowTexts.CopyAsync(fixture.Store, key, 44))).Should().Be(expected);
        }

        await RequireAgreementAsync(fixture.Store, from: 45);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B11_B12_AStoreThatLetNothingGoAnswersFromMemoryAlone(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 20);
        await WriteEveryStateAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Flushed);
        await fixture.Store.ReclaimAsync();
        var before = fixture.Tier.Reads;

        for (ulong at = 30; at <= 61; at++)
        {
            foreach (var key in Keys.Append("nobody"))
            {
                RowTexts.TryGet(fixture.Store, key, at).Should().NotBe(RowTexts.NotInMemory);
                Guards.RequireAtOnce(fixture.Store.GetAsync(Bytes.Of(key), at));
                Guards.RequireAtOnce(fixture.Store.CopyAsync(Bytes.Of(key), at, new ArrayBufferWriter<byte>()));
                Guards.RequireAtOnce(fixture.Store.ContainsAsync(Bytes.Of(key), at));
            }
        }

        using (var snapshot = fixture.Store.OpenSnapshot(40))
        {
            RowTexts.TryGet(snapshot, "nobody").Should().Be(AnswerText.Absent);
            await Portions.ToListAsync(snapshot.OpenScan(KeyRange.All));
            await Portions.ToListAsync(snapshot.OpenHistory(KeyRange.All));
        }

        await Portions.ToListAsync(fixture.Store.OpenScan(KeyRange.All, ReadScope.Latest, ScanDirection.Reverse));
        await Portions.ToListAsync(fixture.Store.OpenHistory(KeyRange.All, CommitVersion.Latest));
        await Scans.ToListAsync(fixture.Store.ScanAsync(KeyRange.All, ReadScope.Latest));
        await Scans.ToListAsync(fixture.Store.HistoryAsync(KeyRange.All, CommitVersion.Latest));
        await Scans.PagesAsync(fixture.Store, KeyRange.All, ReadScope.Latest, 2, ScanDirection.Forward);
        fixture.Tier.Reads.Should().Be(before);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task B11_NotInMemoryIsSaidWhereMemoryCannotKnow(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Persistence.MaxKeyFilterBytes = 0);
        await fixture.Store.CommitAsync(new WriteBatch().Set("disk", "1").Set("both", "1").Remove("gone").Set("late", "1"), 10);
        await fixture.SettleAsync(Residency.Evicted);
        await fixture.Store.CommitAsync(new WriteBatch().Set("both", "2").Set("new", "2").Remove("gone"), 20);
        await fixture.Store.CommitAsync(new WriteBatch().Set("late", "between").Set("both", "between"), 15);
        await fixture.Store.CommitAsync(new WriteBatch().Set("both", "inside"), 22);
        await fixture.Store.CommitAsync(new WriteBatch().Set("both", "late"), 21);
        var before = fixture.Tier.Reads;

        Latest("both").Should().Be("both@22=inside");
        At("both", 21).Should().Be("both@21=late", "it lies between two that no entry on disk can lie between");
        At("both", 20).Should().Be("both@20=2");
        Latest("new").Should().Be("new@20=2");
        Latest("gone").Should().Be(AnswerText.Absent, "the tombstone in memory is the newest there can be");
        At("new", 19).Should().Be(RowTexts.NotInMemory);
        At("both", 19).Should().Be(RowTexts.NotInMemory, "a late version may be beaten by one on disk");
        Latest("late").Should().Be(RowTexts.NotInMemory);
        Latest("disk").Should().Be(RowTexts.NotInMemory);
        Latest("nobody").Should().Be(RowTexts.NotInMemory);
        using (var snapshot = fixture.Store.OpenSnapshot(19))
        {
            RowTexts.TryGet(snapshot, "new").Should().Be(RowTexts.NotInMemory);
        }

        fixture.Tier.Reads.Should().Be(before, "it says so instead of asking");
        await RequireAgreementAsync(fixture.Store, keys: ["both", "disk", "gone", "late", "new", "nobody"]);

        string Latest(string key) => RowTexts.TryGet(fixture.Store, key, CommitVersion.Latest);
        string At(string key, ulong at) => RowTexts.TryGet(fixture.Store, key, at);
    }

    [Fact]
    public async Task B11_AReopenedStoreKnowsOnlyWhatWasCommittedSince()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.SettleAsync(Residency.Reopened);
        RowTexts.TryGet(fixture.Store, "a", CommitVersion.Latest).Should().Be(RowTexts.NotInMemory);
        await fixture.Store.SetAsync(20, "a", "2");
        RowTexts.TryGet(fixture.Store, "a", CommitVersion.Latest).Should().Be("a@20=2");
        (await RowTexts.CopyAsync(fixture.Store, "a", 10)).Should().Be("a@10=1");
    }

    [Fact]
    public async Task B11_AStoreReopenedWithNothingOnDiskKnowsEverything()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.ReopenAsync();
        RowTexts.TryGet(fixture.Store, "a", CommitVersion.Latest).Should().Be(AnswerText.Absent);
        fixture.Tier.Reads.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task C1_ASnapshotGivesTheSameRowsWhateverHappens(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);
        await WriteEveryStateAsync(fixture.Store);
        using var snapshot = fixture.Store.OpenSnapshot(30, "old");
        var expected = await AnswersAsync();

        await fixture.Store.CommitAsync(new WriteBatch().Set("many", "late").Set("never", "late").Remove("inline"), 29);
        await RequireSameAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("many", "new").Set("long", "new"), 100);
        await fixture.FlushIfPersistentAsync();
        await RequireSameAsync();
        fixture.Store.Evict(0);
        await RequireSameAsync();
        await fixture.Store.ReclaimAsync();
        await RequireSameAsync();

        async Task RequireSameAsync() => (await AnswersAsync()).Should().Equal(expected);

        async Task<string[]> AnswersAsync()
        {
            var answers = new List<string>();
            foreach (var key in Keys.Select(Bytes.Of))
            {
                var get = AnswerText.Of(await snapshot.GetAsync(key));
                answers.Add(get);
                (await RowTexts.CopyAsync(snapshot, key)).Should().Be(get);
                RowTexts.TryGet(snapshot, key).Should().BeOneOf(get, RowTexts.NotInMemory);
            }

            return [.. answers];
        }
    }

    [Fact]
    public async Task B11_TheyAllocateNothing()
    {
        const int Gets = 1_000;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await WriteEveryStateAsync(fixture.Store);
        await fixture.FlushIfPersistentAsync();
        using var snapshot = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        var keys = Keys.Select(Bytes.Of).ToArray();
        var destination = new ArrayBufferWriter<byte>(100_000);

        Read(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(Gets);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Read(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var key = keys[i % keys.Length];
                fixture.Store.TryGet(key, CommitVersion.Latest, out var row);
                row.Dispose();
                fixture.Store.TryGet(key, 25, out row);
                row.Dispose();
                snapshot.TryGet(key, out row);
                row.Dispose();
                destination.ResetWrittenCount();
                RequireDone(fixture.Store.CopyAsync(key, CommitVersion.Latest, destination));
                RequireDone(fixture.Store.ContainsAsync(key, CommitVersion.Latest));
            }
        }

        // Allocates nothing itself.
        static void RequireDone<T>(ValueTask<T> call)
        {
            if (!call.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("It waits for something.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public async Task D9_ARowThatIsHeldStaysReadableWhenTheStoreIsDisposed(StoreStorage storage)
    {
        foreach (var key in (string[])["short", "long"])
        {
            await using var fixture = await StoreFixture.OpenAsync(storage);
            await fixture.Store.SetAsync(10, "short", "short value");
            await fixture.Store.SetAsync(20, "long", new string('x', 200_000));
            HoldWhileDisposing(fixture.Store, key);
        }

        static void HoldWhileDisposing(IMultiVersionStore store, string key)
        {
            store.TryGet(Bytes.Of(key), CommitVersion.Latest, out var row).Should().Be(MemoryAnswer.Present);
            using (row)
            {
                var before = row.ToRow();
                Wait(() => store.DisposeAsync().AsTask());
                row.Key.SequenceEqual(before.Key.Span).Should().BeTrue();
                row.Value.SequenceEqual(before.Value.Span).Should().BeTrue();
                Assert.Throws<ObjectDisposedException>(() => RowTexts.TryGet(store, key, CommitVersion.Latest));
            }
        }
    }

    [Fact]
    public async Task B8_ARowThatIsHeldStaysAsItIsWhenItIsOverwrittenEvictedAndReclaimed()
    {
        foreach (var key in (string[])["a", "b"])
        {
            await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = 0);
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", "first").Set("b", new string('y', 3_000)), 10);
            Hold(fixture.Store, key);
        }

        static void Hold(IMultiVersionStore store, string key)
        {
            store.TryGet(Bytes.Of(key), CommitVersion.Latest, out var row).Should().Be(MemoryAnswer.Present);
            using (row)
            {
                var before = row.ToRow();
                for (var round = 0; round < 5; round++)
                {
                    Wait(() => store.CommitAsync(new WriteBatch().Set(key, $"{round}"), store.VisibleVersion.Value + 10, Durability.Durable).AsTask());
                    Wait(() => store.ReclaimAsync().AsTask());
                    store.Evict(0);
                    store.CollectMemory();
                }

                row.Key.SequenceEqual(before.Key.Span).Should().BeTrue();
                row.Value.SequenceEqual(before.Value.Span).Should().BeTrue();
                row.Version.Should().Be(before.Version);
            }
        }
    }

    [Fact]
    public async Task B11_DisposingARowAgainAndAnEmptyOneIsHarmless()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "a", "1");
        Dispose(fixture.Store);

        static void Dispose(IMultiVersionStore store)
        {
            store.TryGet("a"u8, CommitVersion.Latest, out var row);
            store.TryGet("nobody"u8, CommitVersion.Latest, out var empty);
            empty.IsPresent.Should().BeFalse();
            for (var i = 0; i < 3; i++)
            {
                row.Dispose();
                empty.Dispose();
            }

            // Rows may be held inside each other, and let go in any order.
            store.TryGet("a"u8, CommitVersion.Latest, out var first);
            store.TryGet("a"u8, CommitVersion.Latest, out var second);
            first.Dispose();
            Bytes.Text(second.ToRow().Value).Should().Be("1");
            second.Dispose();
        }
    }

    [Fact]
    public async Task B1_AWriterThatThrowsLeavesNothingHeld()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "a", "1");
        await Assert.ThrowsAsync<InvalidTimeZoneException>(
            async () => await fixture.Store.CopyAsync(Bytes.Of("a"), CommitVersion.Latest, new ThrowingWriter()));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await fixture.Store.CopyAsync(Bytes.Of("a"), CommitVersion.Latest, null!));
        await fixture.Store.DisposeAsync();
    }

    private static void Wait(Func<Task> work) => Task.Run(work).Guarded().GetAwaiter().GetResult();

    private static async Task WriteEveryStateAsync(IMultiVersionStore store)
    {
        await store.CommitAsync(
            new WriteBatch().Set("deleted", "1").Set("empty", string.Empty).Set("inline", "short").Set("long", new string('z', 20_000)).Set("many", "0"), 10);
        await store.CommitAsync(new WriteBatch().Set("overwritten", "1"), 15);
        for (ulong version = 20; version <= 50; version += 2)
        {
            await store.CommitAsync(new WriteBatch().Set("many", $"{version}"), version);
        }

        await store.CommitAsync(new WriteBatch().Remove("deleted").Set("overwritten", "2"), 29);
        await store.CommitAsync(new WriteBatch().Set("late", "late").Set("many", "odd"), 21);
        await store.CommitAsync(new WriteBatch().Set("late", string.Empty).Remove("empty"), 17);
    }

    private static async Task RequireAgreementAsync(IMultiVersionStore store, ulong from = 0, string[]? keys = null)
    {
        CommitVersion[] versions = [.. Enumerable.Range(0, 64).Select(v => (CommitVersion)(ulong)v).Where(v => v.Value >= from), CommitVersion.Latest];
        foreach (var key in keys ?? Keys)
        {
            foreach (var at in versions)
            {
                var expected = AnswerText.Of(await store.GetAsync(Bytes.Of(key), at));
                RowTexts.TryGet(store, key, at).Should().BeOneOf(expected, RowTexts.NotInMemory);
                (await RowTexts.CopyAsync(store, key, at)).Should().Be(expected);
            }
        }
    }

    private sealed class ThrowingWriter : IBufferWriter<byte>
    {
        public void Advance(int count) => throw new InvalidTimeZoneException("An exception of the host.");

        public Memory<byte> GetMemory(int sizeHint = 0) => throw new InvalidTimeZoneException("An exception of the host.");

        public Span<byte> GetSpan(int sizeHint = 0) => throw new InvalidTimeZoneException("An exception of the host.");
    }
}
