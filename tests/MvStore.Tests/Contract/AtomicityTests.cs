using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>
/// Contract A2, trap 2: all or nothing. Every commit writes every key with its own version as the value, or deletes every key. So whatever a
/// reader asks for, all rows it gets must be of one version, and it must get all keys or none.
/// </summary>
public sealed class AtomicityTests
{
    private const int Keys = 24;
    private const int Writers = 3;
    private const int Readers = 3;
    private const int Commits = 300;
    private const int ReadsPerReader = 400;
    private const int MaintenanceRounds = 60;

    private static readonly ReadOnlyMemory<byte>[] AllKeys = Enumerable.Range(0, Keys).Select(KeyOf).ToArray();

    private static readonly string[] Forms = ["get many", "scan", "reverse scan", "pages", "snapshot gets", "history"];

    [Theory]
    [MemberData(nameof(TestCases.Storages), MemberType = typeof(TestCases))]
    public Task Trap02_NoReadAtAVersionInFlightIsTorn(StoreStorage storage)
        => StressAsync(storage, maintenance: false);

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public Task A2_ReadersSeeAllOrNothingWhileFlushAndEvictionRun(StoreStorage storage)
        => StressAsync(storage, maintenance: true);

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A2_ACommitOverEveryKindIsOneMoment(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, build: b => b.UseKeyClassifier(new KindByFirstByte()));
        await fixture.Store.SetAsync(10, "m1", "old");
        await fixture.SettleAsync(residency);
        using var before = fixture.Store.OpenSnapshot(CommitVersion.Latest);
        await fixture.Store.CommitAsync(new WriteBatch().Set("m1", "new").Set("o1", "new").Set("s1", "new"), 20).Guarded();
        using var after = fixture.Store.OpenSnapshot(CommitVersion.Latest);

        (await before.ScanAllAsync()).Should().Equal("m1=old@10");
        (await after.ScanAllAsync()).Should().Equal("m1=new@20", "o1=new@20", "s1=new@20");
        (await fixture.Store.ScanAllAsync(19)).Should().Equal("m1=old@10");
        (await fixture.Store.ScanAllAsync(20)).Should().Equal("m1=new@20", "o1=new@20", "s1=new@20");
    }

    [Fact]
    public async Task A2_ACommitThatIsRefusedAtItsLastKeyLeavesNothing()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None);
        await fixture.Store.SetAsync(10, "z", "1");
        await fixture.Store.SetAsync(20, "z", "2");

        await Assert.ThrowsAsync<DuplicateVersionException>(
            () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "3").Set("b", "3").Set("z", "3"), 10).Guarded());

        (await fixture.Store.HistoryAllAsync()).Should().Equal("z=2@20", "z=1@10");
    }

    private static async Task StressAsync(StoreStorage storage, bool maintenance)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, build: b => b.UseKeyClassifier(new KindByFirstByte()));
        var store = fixture.Store;
        var versions = new Queue<ulong>(OutOfOrder(Commits));
        var torn = new List<string>();
        var sightings = 0;

        await Crowd.RunAsync(
            [
                .. Enumerable.Repeat<Func<Task>>(WriteAsync, Writers),
                .. Enumerable.Range(0, Readers).Select<int, Func<Task>>(seed => () => ReadAsync(seed)),
                .. maintenance ? [MaintainAsync] : Array.Empty<Func<Task>>(),
            ]);

        torn.Should().BeEmpty();
        sightings.Should().BePositive("the readers must have met commits");
        (await ObserveAsync(store, "scan", CommitVersion.Latest)).Should().HaveCount(Keys);

        async Task WriteAsync()
        {
            while (TryTake(versions, out var version))
            {
                var batch = new WriteBatch(Keys);
                foreach (var key in AllKeys)
                {
                    _ = IsDeletion(version) ? batch.Remove(key.Span) : batch.Set(key.Span, Bytes.Of(version));
                }

                await store.CommitAsync(batch, version);
            }
        }

        async Task ReadAsync(int seed)
        {
            var random = new Random(seed);
            // Readers that are done before the first commit is visible would have proved nothing.
            for (var i = 0; i < ReadsPerReader || Volatile.Read(ref sightings) == 0; i++)
            {
                var form = Forms[i % Forms.Length];
                var at = i % 3 == 0 ? CommitVersion.Latest : InFlight(store, random);
                var rows = await ObserveAsync(store, form, at);
                if (rows.Count != 0)
                {
                    Interlocked.Increment(ref sightings);
                }

                if (Fault(rows, at) is { } fault)
                {
                    lock (torn)
                    {
                        torn.Add($"{form} at {at}: {fault}");
                    }
                }
            }
        }

        async Task MaintainAsync()
        {
            for (var i = 0; i < MaintenanceRounds; i++)
            {
                await store.FlushAsync();
                store.Evict(i % 2 == 0 ? 0 : store.GetStatistics().BufferedBytes / 2);
            }
        }
    }

    /// <summary>What is wrong with the rows of one read, or null.</summary>
    private static string? Fault(IReadOnlyList<VersionedRow> rows, CommitVersion at)
    {
        if (rows.Count == 0)
        {
            return null;
        }

        var version = rows[0].Version;
        var whole = rows.Count == Keys
            && rows.All(row => row.Version == version && Bytes.Number(row.Value) == version.Value)
            && rows.Select(row => row.Key.Span[^1]).Distinct().Count() == Keys;
        if (!whole)
        {
            return $"{rows.Count} rows of versions {string.Join(',', rows.Select(row => row.Version.Value).Distinct())}";
        }

        return version > at || IsDeletion(version.Value) ? $"a row of version {version}" : null;
    }

    private static async Task<IReadOnlyList<VersionedRow>> ObserveAsync(IMultiVersionStore store, string form, CommitVersion at)
    {
        switch (form)
        {
            case "get many":
                return await store.GetManyAsync(AllKeys, at);
            case "scan":
                return await CollectAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(at)));
            case "reverse scan":
                return await CollectAsync(store.ScanAsync(KeyRange.All, ReadScope.AsOf(at), ScanDirection.Reverse));
            case "pages":
                return await CollectPagesAsync(store, at);
            case "snapshot gets":
                return await CollectGetsAsync(store, at);
            default:
                var history = await CollectAsync(store.HistoryAsync(KeyRange.All, at));
                return history.GroupBy(row => row.Key.Span[^1])
                    .Select(versions => versions.First())
                    .Where(row => !row.IsTombstone)
                    .ToArray();
        }
    }

    private static async Task<IReadOnlyList<VersionedRow>> CollectAsync(IAsyncEnumerable<VersionedRow> rows)
    {
        var collected = new List<VersionedRow>();
        await foreach (var row in rows)
        {
            collected.Add(row);
        }

        return collected;
    }

    private static async Task<IReadOnlyList<VersionedRow>> CollectPagesAsync(IMultiVersionStore store, CommitVersion at)
    {
        var collected = new List<VersionedRow>();
        PageToken? next = null;
        do
        {
            var page = await store.ScanPageAsync(KeyRange.All, ReadScope.AsOf(at), 5, continuation: next);
            collected.AddRange(page.Rows);
            next = page.Next;
        }
        while (next is not null);
        return collected;
    }

    private static async Task<IReadOnlyList<VersionedRow>> CollectGetsAsync(IMultiVersionStore store, CommitVersion at)
    {
        using var snapshot = store.OpenSnapshot(at, "torn-read test");
        var collected = new List<VersionedRow>();
        foreach (var key in AllKeys)
        {
            if (await snapshot.GetAsync(key.Span) is { } row)
            {
                collected.Add(row);
            }
        }

        return collected;
    }

    private static bool IsDeletion(ulong version) => version % 7 == 0;

    private static ReadOnlyMemory<byte> KeyOf(int index) => new[] { "mos"u8[index % 3], (byte)index };

    /// <summary>A version about to be committed, being committed, or just published.</summary>
    private static CommitVersion InFlight(IMultiVersionStore store, Random random)
        => (ulong)Math.Clamp((long)store.VisibleVersion.Value + random.Next(-2, 12), 1, Commits);

    /// <summary>1 to the count, each up to a few places away from where it belongs; the highest last, and no deletion.</summary>
    private static IEnumerable<ulong> OutOfOrder(int count)
    {
        var random = new Random(7);
        return Enumerable.Range(1, count - 1)
            .Select(i => (Version: (ulong)i, Place: i + random.Next(0, 9)))
            .OrderBy(entry => entry.Place)
            .Select(entry => entry.Version)
            .Append((ulong)count);
    }

    private static bool TryTake(Queue<ulong> versions, out ulong version)
    {
        lock (versions)
        {
            return versions.TryDequeue(out version);
        }
    }
}
