using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract A6: nothing is committed at or below the floor.</summary>
public sealed class CommitFloorTests
{
    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A6_ACommitAtOrBelowTheFloorIsRefused(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 10);
        await RaiseFloorTo90Async(fixture);
        await fixture.SettleAsync(residency);
        fixture.Store.GetFloor().Should().Be((CommitVersion)90);

        foreach (var version in (ulong[])[90, 89, 50, 1])
        {
            var error = await Assert.ThrowsAsync<BelowFloorException>(
                () => fixture.Store.CommitAsync(new WriteBatch().Set("a", "late").Set("b", "late"), version).Guarded());
            error.Requested.Should().Be((CommitVersion)version);
            error.Floor.Should().Be((CommitVersion)90);
            error.Message.Should().Contain($"{version}").And.Contain("90");
        }

        (await fixture.Store.HistoryAllAsync()).Should().Equal("a=2@100", "a=1@40");
        fixture.Store.GetStatistics().PublishedSequence.Should().Be(2);
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A6_ALateCommitAboveTheFloorIsAccepted(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 10);
        await RaiseFloorTo90Async(fixture);
        await fixture.SettleAsync(residency);

        await fixture.Store.SetAsync(91, "b", "late");

        (await fixture.Store.ScanAllAsync(90)).Should().Equal("a=1@40");
        (await fixture.Store.ScanAllAsync(95)).Should().Equal("a=1@40", "b=late@91");
        (await fixture.Store.ScanAllAsync(100)).Should().Equal("a=2@100", "b=late@91");
    }

    [Theory]
    [MemberData(nameof(TestCases.Everywhere), MemberType = typeof(TestCases))]
    public async Task A6_EachKindHasItsOwnFloorAndTheHighestOneTouchedDecides(StoreStorage storage, Residency residency)
    {
        await using var fixture = await StoreFixture.OpenAsync(
            storage,
            o =>
            {
                o.GarbageCollection.RetainVersions = 10;
                o.GarbageCollection.RetainVersionsByKind[EntryKind.Operator(1)] = 50;
                o.GarbageCollection.RetainVersionsByKind[EntryKind.Source(1)] = null;
            },
            b => b.UseKeyClassifier(new KindByFirstByte()));
        await RaiseFloorTo90Async(fixture);
        await fixture.SettleAsync(residency);
        fixture.Store.GetFloor().Should().Be((CommitVersion)90);
        fixture.Store.GetFloor(EntryKind.Operator(1)).Should().Be((CommitVersion)50);
        fixture.Store.GetFloor(EntryKind.Source(1)).Should().Be(CommitVersion.Zero);

        await fixture.Store.SetAsync(51, "o", "late");
        await fixture.Store.SetAsync(1, "s", "late");
        await AssertRefusedAsync(new WriteBatch().Set("o", "x"), 50, 50);
        await AssertRefusedAsync(new WriteBatch().Set("s", "x").Set("o", "x"), 50, 50);
        await AssertRefusedAsync(new WriteBatch().Set("s", "x").Set("o", "x").Set("a", "x"), 90, 90);

        (await StoreTexts.ShowAllAsync(fixture.Store.HistoryAsync(KeyRange.From(Bytes.Of("o")), CommitVersion.Latest)))
            .Should().Equal("o=late@51", "s=late@1");

        async Task AssertRefusedAsync(WriteBatch batch, ulong version, ulong floor)
        {
            var error = await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.CommitAsync(batch, version).Guarded());
            error.Requested.Should().Be((CommitVersion)version);
            error.Floor.Should().Be((CommitVersion)floor);
        }
    }

    [Fact]
    public async Task A6_ARaisedFloorRefusesLateCommitsThatRaceWithIt()
    {
        const ulong Versions = 600;
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.None, o => o.GarbageCollection.RetainVersions = 5);
        var store = fixture.Store;
        var last = 1UL;
        await store.SetAsync(1, "a", "1");

        // One thread alone advances, so its versions are never late. Whatever was accepted at a version must be found by a reader at
        // that version for as long as it is readable.
        await Crowd.RunAsync(AdvanceAsync, ReclaimAsync, () => CommitLateAsync(1), () => CommitLateAsync(2));

        async Task AdvanceAsync()
        {
            while (Interlocked.Add(ref last, 2) is var version && version <= Versions)
            {
                await store.SetAsync(version, "a", $"{version}");
            }
        }

        async Task ReclaimAsync()
        {
            for (var i = 0; i < 200; i++)
            {
                await store.ReclaimAsync();
            }
        }

        async Task CommitLateAsync(int thread)
        {
            for (var i = 0; i < 200; i++)
            {
                // Even versions are late ones; each thread has keys of its own.
                var version = (Interlocked.Read(ref last) - (ulong)(i % 12)) & ~1UL;
                var key = $"late{thread}/{i}";
                try
                {
                    await store.CommitAsync(new WriteBatch().Set(key, "late"), version);
                }
                catch (Exception refused) when (refused is BelowFloorException or ArgumentOutOfRangeException)
                {
                    (await store.ReadAsync(key)).Should().BeNull();
                    continue;
                }

                (await store.ReadAsync(key)).Should().Be($"late@{version}");
            }
        }
    }

    private static async Task RaiseFloorTo90Async(StoreFixture fixture)
    {
        await fixture.Store.SetAsync(40, "a", "1");
        await fixture.Store.SetAsync(100, "a", "2");
        await fixture.FlushIfPersistentAsync();
        await fixture.Store.ReclaimAsync().Guarded();
    }
}
