using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Leases;

public sealed class LeaseTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<StoreStorage> Persistent => [StoreStorage.InMemory, StoreStorage.Sqlite];

    [Fact]
    public async Task D3_ALeaseOnWhatIsNotThereAnyMoreIsGivenUpLoudly()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.FlushAsync();
        var now = fixture.Clock.GetUtcNow();
        LeaseInfo[] leases = [new("lost", 1, 2, now, now + Hour), new("there", 1, 1, now, now + Hour)];
        await fixture.Tier.SetNoteAsync("leases", LeaseNote.Encode(leases), CancellationToken.None);
        await fixture.ReopenAsync();
        fixture.Store.GetLeases().Should().Equal(leases[1]);
        fixture.Log.Entries.Should().ContainSingle(e => e.Message.Contains("lost", StringComparison.Ordinal) && e.Level == Microsoft.Extensions.Logging.LogLevel.Error);
        await fixture.ReopenAsync();
        fixture.Store.GetLeases().Should().ContainSingle();
    }

    [Fact]
    public async Task B10_ALeaseBelowTheFloorOfItsKeysIsRefused()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        for (ulong version = 1; version <= 3; version++)
        {
            await fixture.Store.SetAsync(version, "a", "x");
        }

        await ReclaimAsync(fixture);
        foreach (var scope in (KeyRange?[])[null, KeyRange.Prefix("a"u8)])
        {
            var open = () => fixture.Store.OpenLeaseAsync("feed", 2, Hour, scope).Guarded();
            (await open.Should().ThrowAsync<BelowFloorException>()).Which.Floor.Should().Be((CommitVersion)3);
        }

        fixture.Store.GetLeases().Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Persistent))]
    public async Task C2_ALeaseKeepsWhatItSeesOverReopeningsAndCrashesUntilItLapses(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.SetAsync(1, "a", "1");
        var lease = await fixture.Store.OpenLeaseAsync("feed", 1, Hour).Guarded();
        lease.Should().Be(new LeaseInfo("feed", 1, 1, fixture.Clock.GetUtcNow(), fixture.Clock.GetUtcNow() + Hour));
        for (ulong version = 2; version <= 5; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
            await ReclaimAsync(fixture);
            await RequireAsync(fixture, "1@1");
            await (version % 2 == 0 ? fixture.ReopenAsync() : fixture.CrashAsync());
            fixture.Clock.Advance(Hour / 2);
            fixture.Store.GetLeases().Select(l => l.Version).Should().Equal(lease.Version);
            await RequireAsync(fixture, "1@1");
            (await fixture.Store.RenewLeaseAsync("feed", Hour).Guarded()).ExpiresAt.Should().Be(fixture.Clock.GetUtcNow() + Hour);
        }

        using var under = fixture.Store.OpenLeaseSnapshot("feed");
        fixture.Clock.Advance(Hour);
        fixture.Store.GetLeases().Should().BeEmpty();
        fixture.Store.GetOpenSnapshots().Should().BeEmpty();
        Assert.Throws<LeaseNotFoundException>(() => fixture.Store.OpenLeaseSnapshot("feed")).Name.Should().Be("feed");
        await Assert.ThrowsAsync<SnapshotExpiredException>(() => under.ReadAsync("a"));
        await Assert.ThrowsAsync<LeaseNotFoundException>(() => fixture.Store.RenewLeaseAsync("feed", Hour).Guarded());
        (await ReclaimAsync(fixture)).ReclaimedVersions.Should().BePositive();
        await fixture.ReopenAsync();
        fixture.Store.GetLeases().Should().BeEmpty();
        (await fixture.Store.ReadAsync("a")).Should().Be("5@5");
    }

    [Theory]
    [MemberData(nameof(Persistent))]
    public async Task C2_ALeaseThatLapsedIsNeverBackOnceWhatItSawCanBeGone(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.OpenLeaseAsync("feed", 1, Hour).Guarded();
        await fixture.Store.SetAsync(2, "a", "2");
        await fixture.Store.FlushAsync();

        // It lapses, nothing is reclaimed, the process dies, and the clock is set back: it is there again, with all it sees.
        fixture.Clock.Advance(2 * Hour);
        await fixture.CrashAsync();
        fixture.Store.GetLeases().Should().BeEmpty();
        await fixture.CrashAsync();
        fixture.Clock.AdjustTime(fixture.Clock.GetUtcNow() - (2 * Hour));
        await fixture.ReopenAsync();
        (await ReclaimAsync(fixture)).Pins.Should().Be(1);
        await RequireAsync(fixture, "1@1");

        // It lapses, and what it saw goes: then it stays away, whatever the clock says.
        fixture.Clock.Advance(2 * Hour);
        (await ReclaimAsync(fixture)).ReclaimedVersions.Should().BePositive();
        await fixture.CrashAsync();
        fixture.Clock.AdjustTime(fixture.Clock.GetUtcNow() - (2 * Hour));
        await fixture.ReopenAsync();
        fixture.Store.GetLeases().Should().BeEmpty();
    }

    [Fact]
    public async Task C2_AMovedLeaseLetsGoOfWhatItsConsumerIsThroughWith()
    {
        await using var fixture = await OpenAsync(StoreStorage.Sqlite);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.OpenLeaseAsync("feed", CommitVersion.Latest, Hour).Guarded();
        await fixture.Store.SetAsync(2, "a", "2");
        await fixture.Store.FlushAsync();
        (await fixture.Store.RenewLeaseAsync("feed", Hour, at: 2).Guarded()).Version.Should().Be((CommitVersion)2);
        await fixture.Store.SetAsync(3, "a", "3");
        (await ReclaimAsync(fixture)).Should().Match<ReclamationReport>(r => r.Pins == 1 && r.ReclaimedVersions == 1);
        await RequireAsync(fixture, "2@2");
        fixture.Store.GetOpenSnapshots().Should().ContainSingle(s => s.IsLease && s.Owner == "feed" && s.MaxAge == Hour);
        (await fixture.Store.CloseLeaseAsync("feed").Guarded()).Should().BeTrue();
        (await fixture.Store.CloseLeaseAsync("feed").Guarded()).Should().BeFalse();
        (await ReclaimAsync(fixture)).Should().Match<ReclamationReport>(r => r.Pins == 0 && r.ReclaimedVersions == 1);
    }

    [Fact]
    public async Task C2_AScopedLeaseProtectsItsKeysOnlyAlsoAfterReopening()
    {
        await using var fixture = await OpenAsync(StoreStorage.Sqlite);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1").Set("b", "1"), 1);
        var scope = KeyRange.Between("a"u8, "b"u8);
        await fixture.Store.OpenLeaseAsync("feed", 1, Hour, scope).Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2").Set("b", "2"), 2);
        await fixture.Store.FlushAsync();
        await fixture.ReopenAsync();
        fixture.Store.GetLeases()[0].Scope.Should().Be(scope);
        (await ReclaimAsync(fixture)).ReclaimedVersions.Should().Be(1);
        await RequireAsync(fixture, "1@1");
        using var snapshot = fixture.Store.OpenLeaseSnapshot("feed");
        Assert.Throws<OutOfScopeException>(() => snapshot.TryGet("b"u8, out _)).Scope.Should().Be(scope);
    }

    [Fact]
    public async Task C2_LeasesAreRefusedWhereTheyCouldNotBeKept()
    {
        await using var memory = await OpenAsync(StoreStorage.None);
        await Assert.ThrowsAsync<DurabilityUnavailableException>(() => memory.Store.OpenLeaseAsync("feed", 0, Hour).Guarded());

        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(5, "a", "1");
        await fixture.Store.OpenLeaseAsync("feed", 5, Hour).Guarded();
        (await Assert.ThrowsAsync<LeaseExistsException>(() => fixture.Store.OpenLeaseAsync("feed", 5, Hour).Guarded())).Name.Should().Be("feed");
        await fixture.Store.CommitAsync(new WriteBatch().Drop("d"u8), 6);
        await ReclaimAsync(fixture);
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.OpenLeaseAsync("other", 5, Hour).Guarded());
        foreach (var name in (string[])["", new string('x', 65), "caf\u00e9", "a\n"])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => fixture.Store.OpenLeaseAsync(name, 6, Hour).Guarded());
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => fixture.Store.OpenLeaseAsync("x", 6, TimeSpan.Zero).Guarded());
        (await fixture.Store.OpenLeaseAsync("~ is fine", 6, TimeSpan.MaxValue).Guarded()).ExpiresAt.Should().Be(DateTimeOffset.MaxValue);
        await fixture.Store.OpenLeaseAsync("large", 6, Hour, KeyRange.Exactly(new byte[30_000])).Guarded();
        (await Assert.ThrowsAsync<ArgumentException>(() => fixture.Store.OpenLeaseAsync("larger", 6, Hour, KeyRange.Exactly(new byte[30_000])).Guarded()))
            .Message.Should().Contain("65536");
        await fixture.ReopenAsync();
        fixture.Store.GetLeases().Select(l => l.Name).Should().Equal("feed", "large", "~ is fine");
    }

    private static Task<StoreFixture> OpenAsync(StoreStorage storage)
        => StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);

    private static async Task<ReclamationReport> ReclaimAsync(StoreFixture fixture)
    {
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0);
        return await fixture.Store.ReclaimAsync().Guarded();
    }

    private static async Task RequireAsync(StoreFixture fixture, string row)
    {
        using var snapshot = fixture.Store.OpenLeaseSnapshot("feed");
        (await snapshot.ReadAsync("a")).Should().Be(row);
    }
}
