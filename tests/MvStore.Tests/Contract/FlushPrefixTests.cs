using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D3, trap 4: what is on disk is always a prefix of the publications, each of them whole.</summary>
public sealed class FlushPrefixTests
{
    private const int Commits = 40;

    public static TheoryData<StoreStorage, long> SliceSizes { get; } = new()
    {
        { StoreStorage.InMemory, 1 },
        { StoreStorage.InMemory, 30 },
        { StoreStorage.InMemory, 100 },
        { StoreStorage.InMemory, long.MaxValue },
        { StoreStorage.Sqlite, 1 },
        { StoreStorage.Sqlite, 100 },
    };

    [Theory]
    [MemberData(nameof(SliceSizes))]
    public async Task D3_SlicesAreWholeCommitsInPublicationOrder(StoreStorage storage, long maxSliceBytes)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Flush.MaxSliceBytes = maxSliceBytes);
        var published = new List<Published>();
        for (var i = 0; i < Commits; i++)
        {
            published.Add(await CommitAsync(fixture.Store, i));
            if (i % 13 == 12)
            {
                await fixture.Store.FlushAsync().Guarded();
            }
        }

        await fixture.Store.FlushAsync().Guarded();

        AssertWholeAndInOrder(fixture.Tier.Applied, published);
        AssertSizes(fixture.Tier.Applied, maxSliceBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(long.MaxValue)]
    public async Task Trap04_SlicesNeverCutReorderOrLoseCommitsOfManyThreads(long maxSliceBytes)
    {
        const int Threads = 4;
        const int PerThread = 150;
        await using var fixture = await StoreFixture.OpenAsync(configure: o =>
        {
            o.Flush.MaxSliceBytes = maxSliceBytes;
            o.Flush.MaxEntries = 10;
        });
        var published = new Published[Threads * PerThread];
        await Crowd.RunAsync([.. Enumerable.Range(0, Threads).Select<int, Func<Task>>(thread => () => CommitManyAsync(thread))]);
        await fixture.Store.FlushAsync().Guarded();

        AssertWholeAndInOrder(fixture.Tier.Applied, published);

        async Task CommitManyAsync(int thread)
        {
            for (var i = 0; i < PerThread; i++)
            {
                var commit = await CommitAsync(fixture.Store, (i * Threads) + thread);
                published[commit.Sequence - 1] = commit;
            }
        }
    }

    [Theory]
    [MemberData(nameof(SliceSizes))]
    public async Task D3_AfterACrashTheStoreReopensToTheFirstPublicationsWhole(StoreStorage storage, long maxSliceBytes)
    {
        // The process dies when so many slices are on disk and the next one is under way.
        for (var slices = 0; slices < 4; slices++)
        {
            await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Flush.MaxSliceBytes = maxSliceBytes);
            var published = new List<Published>();
            var acknowledged = 0UL;
            for (var i = 0; i < Commits; i++)
            {
                published.Add(await CommitAsync(fixture.Store, i));
                if (i < slices * 5 && i % 5 == 4)
                {
                    await fixture.Store.WaitForDurableAsync(CommitVersion.Latest).Guarded();
                    acknowledged = published[^1].Sequence;
                }
            }

            using var hold = fixture.Tier.HoldApplies();
            var flush = fixture.Store.FlushAsync().AsTask();
            await hold.Reached.Guarded();
            await fixture.CrashAsync();
            await AssertIsPrefixAsync(fixture.Store, published, acknowledged);

            // And it goes on from there.
            var sequence = fixture.Store.GetStatistics().PublishedSequence;
            (await fixture.Store.CommitAsync(new WriteBatch().Set("more", "1"), 100_000, Durability.Durable).Guarded())
                .Sequence.Should().Be(sequence + 1);
            flush.IsCompleted.Should().BeFalse("nothing that was not on disk is ever acknowledged");
        }
    }

    [Fact]
    public async Task D3_ACrashAfterEverySliceFindsAPrefix()
    {
        for (var slices = 1; slices < Commits; slices += 3)
        {
            await using var fixture = await StoreFixture.OpenAsync(configure: o => o.Flush.MaxSliceBytes = 1);
            var published = new List<Published>();
            for (var i = 0; i < Commits; i++)
            {
                published.Add(await CommitAsync(fixture.Store, i));
            }

            fixture.Tier.AbandonAfterApplies(slices);
            await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.FlushAsync().Guarded());
            await fixture.CrashAsync();

            fixture.Store.GetStatistics().DurableSequence.Should().Be((ulong)slices);
            await AssertIsPrefixAsync(fixture.Store, published, (ulong)slices);
        }
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task D3_ACrashBeforeAnyFlushLeavesAnEmptyStore(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.CrashAsync();

        (await fixture.Store.HistoryAllAsync()).Should().BeEmpty();
        fixture.Store.VisibleVersion.Should().Be(CommitVersion.Zero);
        (await fixture.Store.SetAsync(10, "a", "2")).Should().Be(new CommitReceipt(10, 1));
    }

    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task D3_EmptyAndDroppingCommitsCountInThePrefix(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.Flush.MaxSliceBytes = 1);
        await fixture.Store.CommitAsync(new WriteBatch(), 10).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Drop(Bytes.Of("a")), 20).Guarded();
        await fixture.Store.SetAsync(30, "a", "1");
        await fixture.Store.CommitAsync(new WriteBatch(), 40, Durability.Durable).Guarded();
        await fixture.CrashAsync();

        var statistics = fixture.Store.GetStatistics();
        statistics.DurableSequence.Should().Be(4);
        statistics.PublishedSequence.Should().Be(4);
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)40);
        fixture.Store.DurableVersion.Should().Be((CommitVersion)40);
        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=1@30");
    }

    /// <summary>Commit i has three keys or so, some of them shared and some deleted, at a version that is often late.</summary>
    private static async Task<Published> CommitAsync(IMultiVersionStore store, int i)
    {
        var version = (ulong)((i * 10) + (i % 3 == 0 ? 0 : -((i % 3 * 21) - 5)) + 1_000);
        var batch = new WriteBatch().Set($"own{i:D4}", $"{i}").Set($"shared{i % 5}", $"{i}");
        if (i % 4 == 0)
        {
            batch.Remove($"gone{i % 7}");
        }

        var receipt = await store.CommitAsync(batch, version);
        return new Published(receipt.Sequence, version, [.. batch.Deltas.Select(delta => Show(delta, version)).Order(StringComparer.Ordinal)]);
    }

    private static string Show(Delta delta, ulong version)
        => $"{Bytes.Text(delta.Key)}={(delta.Kind == DeltaKind.Set ? Bytes.Text(delta.Value) : "-")}@{version}";

    private static string Show(TierRow row)
        => $"{Bytes.Text(row.Key)}={(row.Value is { } value ? Bytes.Text(value) : "-")}@{row.Version}";

    private static void AssertWholeAndInOrder(IReadOnlyList<TierBatch> slices, IReadOnlyList<Published> published)
    {
        var mark = 0UL;
        foreach (var slice in slices)
        {
            slice.PreviousSequence.Should().Be(mark);
            slice.Sequence.Should().BeGreaterThan(mark);
            var commits = published.Skip((int)mark).Take((int)(slice.Sequence - mark)).ToArray();
            slice.Rows.Select(row => $"{row.Sequence} {Show(row)}").Order(StringComparer.Ordinal).Should().Equal(
                commits.SelectMany(commit => commit.Rows.Select(text => $"{commit.Sequence} {text}")).Order(StringComparer.Ordinal));
            slice.HighestVersion.Value.Should().Be(commits.Max(commit => commit.Version));
            var order = slice.Rows.Select(row => $"{Bytes.Text(row.Key)} {row.Version.Value:D10}").ToArray();
            order.Should().Equal(order.Order(StringComparer.Ordinal), "rows are sorted by key and version");
            mark = slice.Sequence;
        }

        mark.Should().Be((ulong)published.Count);
    }

    private static void AssertSizes(IReadOnlyList<TierBatch> slices, long maxSliceBytes)
    {
        foreach (var slice in slices.Where(slice => slice.Sequence - slice.PreviousSequence > 1))
        {
            slice.Rows.Sum(row => row.Key.Length + (row.Value?.Length ?? 0)).Should().BeLessThanOrEqualTo((int)Math.Min(maxSliceBytes, int.MaxValue));
        }
    }

    private static async Task AssertIsPrefixAsync(IMultiVersionStore store, IReadOnlyList<Published> published, ulong acknowledged)
    {
        var statistics = store.GetStatistics();
        statistics.PublishedSequence.Should().Be(statistics.DurableSequence).And.BeGreaterThanOrEqualTo(acknowledged);
        var prefix = published.Where(commit => commit.Sequence <= statistics.DurableSequence).ToArray();
        store.VisibleVersion.Value.Should().Be(prefix.Select(commit => commit.Version).DefaultIfEmpty().Max());
        (await store.HistoryAllAsync()).Order(StringComparer.Ordinal).Should().Equal(
            prefix.SelectMany(commit => commit.Rows).Order(StringComparer.Ordinal));
    }

    /// <summary>A commit, and what it must have written.</summary>
    private sealed record Published(ulong Sequence, ulong Version, IReadOnlyList<string> Rows);
}
