using MvStore.Tests.Fixtures;
using MvStore.Tests.Text;

namespace MvStore.Tests.Contract;

/// <summary>Snapshots that end by themselves.</summary>
public sealed class SnapshotAgeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static TheoryData<string> Members => [.. SnapshotMembers.All().Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Members))]
    public async Task C2_PastItsAgeLimitEveryReadFailsTyped(string member)
    {
        await using var fixture = await OpenAsync(StoreStorage.None);
        var read = SnapshotMembers.All().Single(m => m.Name == member).Call;
        using var snapshot = fixture.Store.OpenSnapshot(1, "limited", Limit);
        fixture.Clock.Advance(Limit - TimeSpan.FromTicks(1));
        await read(snapshot);

        fixture.Clock.Advance(TimeSpan.FromTicks(1));
        var failure = await Assert.ThrowsAsync<SnapshotExpiredException>(async () => await read(snapshot));
        failure.Should().BeEquivalentTo(new { Owner = "limited", Version = (CommitVersion)1, snapshot.OpenedAt, MaxAge = Limit });
        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
        fixture.Store.GetStatistics().OpenSnapshots.Should().Be(0);
        await Assert.ThrowsAsync<SnapshotExpiredException>(async () => await read(snapshot));
    }

    [Theory]
    [InlineData(StoreStorage.None)]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task C2_PastItsAgeLimitItPinsNothing(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        using var limited = fixture.Store.OpenSnapshot(1, "limited", Limit);
        await fixture.Store.SetAsync(2, "a", "2");
        using var unlimited = fixture.Store.OpenSnapshot(2, "unlimited");
        await fixture.Store.SetAsync(3, "a", "3");

        await fixture.FlushIfPersistentAsync();
        (await fixture.Store.ReclaimAsync()).Pins.Should().Be(2);
        (await limited.ReadAsync("a")).Should().Be("1@1");
        fixture.Store.GetOpenSnapshots().Select(s => s.MaxAge).Should().Equal(Limit, null);

        // Nothing but the clock moves: the run must find work all the same.
        fixture.Clock.Advance(Limit);
        var before = fixture.Store.GetStatistics().BufferedVersions;
        var report = await fixture.Store.ReclaimAsync();
        report.Pins.Should().Be(1);
        report.ReclaimedVersions.Should().BePositive();
        fixture.Store.GetStatistics().BufferedVersions.Should().Be(before - 1);
        (await unlimited.ReadAsync("a")).Should().Be("2@2");
    }

    [Fact]
    public async Task C2_AScanUnderWayFailsWhenTheLimitIsReached()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory, o => o.Persistence.ReadPageRows = 1);
        await fixture.Store.SetAsync(2, "b", "2");
        await fixture.FlushIfPersistentAsync();
        fixture.Store.Evict(0);
        using var snapshot = fixture.Store.OpenSnapshot(2, "limited", Limit);
        await using var rows = snapshot.ScanAsync(KeyRange.All).GetAsyncEnumerator();
        (await rows.MoveNextAsync()).Should().BeTrue();
        fixture.Clock.Advance(Limit);
        await Assert.ThrowsAsync<SnapshotExpiredException>(async () =>
        {
            while (await rows.MoveNextAsync())
            {
                // What was read before the limit may still come.
            }
        });
    }

    [Fact]
    public async Task C2_ALimitMustBePositiveAndMayBeAsLongAsCanBe()
    {
        await using var fixture = await OpenAsync(StoreStorage.None);
        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.Store.OpenSnapshot(1, "x", TimeSpan.Zero)).ParamName.Should().Be("maxAge");
        using var snapshot = fixture.Store.OpenSnapshot(1, "x", TimeSpan.MaxValue);
        fixture.Clock.Advance(TimeSpan.FromDays(10_000));
        (await snapshot.ReadAsync("a")).Should().Be("1@1");
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => RowTexts.TryGet(snapshot, "a"));
    }

    private static async Task<StoreFixture> OpenAsync(StoreStorage storage, Action<MvStoreOptions>? configure = null)
    {
        var fixture = await StoreFixture.OpenAsync(storage, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            configure?.Invoke(o);
        });
        await fixture.Store.SetAsync(1, "a", "1");
        return fixture;
    }
}
