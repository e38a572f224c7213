using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>Reclamation and what has not been read yet.</summary>
public sealed class ChangeHoldTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly ChangeReadOptions WithOldValues = new() { IncludeOldValues = true };

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    [InlineData(StoreStorage.LoggedSqlite)]
    public async Task E1_WhatIsHeldStaysWithItsOldValuesOverReopeningsAndCrashes(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.SetAsync(10, "a", "0");
        await ReclaimAsync(fixture);
        var position = (await fixture.Store.GetChangeBoundsAsync().Guarded()).Newest;
        await fixture.Store.HoldChangesAsync("feed", position, Hour).Guarded();
        List<string> expected = [];
        for (ulong round = 1; round <= 4; round++)
        {
            await fixture.Store.SetAsync(10 * (round + 1), "a", $"{round}");
            expected.Add($"{(2 * round)}@{10 * (round + 1)} a={round}({round - 1})");

            // A late one, which is accepted because no floor passes what is held.
            await fixture.Store.CommitAsync(new WriteBatch().Set("late", $"{round}").Drop("a"u8), 10 + round);
            expected.Add($"{(2 * round) + 1}@{10 + round} late={round}" + (round > 1 ? $"({round - 1})" : string.Empty));
            await ReclaimAsync(fixture);
            await (round % 2 == 0 ? fixture.ReopenAsync() : fixture.CrashAsync());
            fixture.Store.GetChangeHolds().Select(h => (h.Name, h.After)).Should().Equal(("feed", position));
            await ReclaimAsync(fixture);
            await using var stream = new ChangeStream(fixture.Store, position, WithOldValues);
            (await stream.NextAsync(expected.Count)).Should().Equal(expected);
        }

        fixture.Store.GetFloor().Should().Be((CommitVersion)10);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E1_AMovedHoldLetsGoOfWhatWasRead(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.HoldChangesAsync("feed", ChangePosition.Beginning, Hour).Guarded();
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning, WithOldValues);
        var start = stream.Position;
        for (ulong version = 1; version <= 6; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
        }

        for (ulong read = 1; read <= 6; read++)
        {
            await stream.NextAsync();
            await fixture.Store.HoldChangesAsync("feed", stream.Position, Hour).Guarded();
            fixture.Store.GetStatistics().DurableSequence.Should().BeGreaterThanOrEqualTo(read, "a hold behind what a crash can undo would hold nothing");
            await ReclaimAsync(fixture);
            fixture.Store.GetFloor().Should().Be((CommitVersion)read, "what is held is above the floor, and nothing else is");
            (await fixture.Store.GetChangeBoundsAsync().Guarded()).Oldest.Sequence.Should().Be(read);
        }

        await RequireReclaimedAsync(fixture, start);
        (await Assert.ThrowsAsync<ChangesReclaimedException>(() => fixture.Store.HoldChangesAsync("other", start, Hour).Guarded())).After.Should().Be(0);
        fixture.Store.GetChangeHolds().Should().ContainSingle(h => h.After == stream.Position && h.ExpiresAt == fixture.Clock.GetUtcNow() + Hour);
    }

    [Theory]
    [InlineData(StoreStorage.None, false)]
    [InlineData(StoreStorage.InMemory, false)]
    [InlineData(StoreStorage.Sqlite, false)]
    [InlineData(StoreStorage.Sqlite, true)]
    public async Task E1_WhatMayBeReclaimedIsRefusedAndNeverSkipped(StoreStorage storage, bool reopens)
    {
        await using var fixture = await OpenAsync(storage);
        for (ulong version = 1; version <= 5; version++)
        {
            await fixture.Store.SetAsync(version, $"{version % 2}", $"{version}");
        }

        await ReclaimAsync(fixture);
        if (reopens)
        {
            await fixture.ReopenAsync();
        }

        await fixture.Store.SetAsync(6, "a", "6");
        var bounds = await fixture.Store.GetChangeBoundsAsync().Guarded();
        bounds.Oldest.Sequence.Should().Be(5);
        bounds.Newest.Sequence.Should().Be(6);
        await RequireReclaimedAsync(fixture, ChangePosition.Beginning);
        await RequireReclaimedAsync(fixture, bounds.Oldest with { Sequence = 4 });
        await using var stream = new ChangeStream(fixture.Store, bounds.Oldest);
        (await stream.NextAsync()).Should().Be("6@6 a=6");
    }

    [Fact]
    public async Task E1_ALiveConsumerWithoutAHoldGoesOnBehindReclamation()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        await using var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning);
        await fixture.Store.SetAsync(1, "a", "1");
        await stream.NextAsync();
        for (ulong version = 2; version <= 30; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
        }

        // From the ring: nothing of it is in any tier any more.
        await ReclaimAsync(fixture);
        (await stream.NextAsync(29)).Should().Equal(Enumerable.Range(2, 29).Select(v => $"{v}@{v} a={v}"));

        // Old values are in no ring.
        await using var old = new ChangeStream(fixture.Store, stream.Position, WithOldValues);
        await fixture.Store.SetAsync(31, "a", "31");
        (await old.NextAsync()).Should().Be("31@31 a=31(30)");
        await fixture.Store.SetAsync(32, "a", "32");
        await fixture.Store.SetAsync(33, "a", "33");
        await ReclaimAsync(fixture);
        (await Assert.ThrowsAsync<ChangesReclaimedException>(() => old.NextAsync())).Oldest.Should().Be(33);
    }

    [Fact]
    public async Task E1_AnOldValueThatTheLastFloorLetGoIsRefusedAndNotToldAsNone()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "a", "1");
        await using var old = new ChangeStream(fixture.Store, ChangePosition.Beginning, WithOldValues);
        (await old.NextAsync()).Should().Be("1@1 a=1");
        await fixture.Store.SetAsync(2, "a", "2");

        // The commit itself is in the ring, and nothing behind it was removed; what was before it is gone.
        await ReclaimAsync(fixture);
        (await Assert.ThrowsAsync<ChangesReclaimedException>(() => old.NextAsync())).Oldest.Should().Be(2);
    }

    [Fact]
    public async Task E1_ADropWaitsForWhatIsHeld()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o => o.GarbageCollection.RetainVersions = ulong.MaxValue);
        await fixture.Store.HoldChangesAsync("feed", ChangePosition.Beginning, Hour).Guarded();
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.SetAsync(2, "a", "2");
        await fixture.Store.CommitAsync(new WriteBatch().Drop("a"u8), 3);
        (await ReclaimAsync(fixture)).ReclaimedVersions.Should().Be(0);
        (await fixture.Store.ReleaseChangesAsync("feed").Guarded()).Should().BeTrue();
        (await fixture.Store.ReleaseChangesAsync("feed").Guarded()).Should().BeFalse();
        (await ReclaimAsync(fixture)).ReclaimedVersions.Should().BePositive();
        await RequireReclaimedAsync(fixture, ChangePosition.Beginning);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.Sqlite)]
    public async Task E1_AHoldThatLapsedIsNeverBackOnceWhatItHeldCanBeGone(StoreStorage storage)
    {
        await using var fixture = await OpenAsync(storage);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.HoldChangesAsync("feed", ChangePosition.Beginning, Hour).Guarded();
        await fixture.Store.SetAsync(2, "a", "2");
        await fixture.Store.FlushAsync();

        // It lapses, nothing is reclaimed, the process dies, and the clock is set back: it is there again, with all it holds.
        fixture.Clock.Advance(2 * Hour);
        fixture.Store.GetChangeHolds().Should().BeEmpty();
        await fixture.CrashAsync();
        fixture.Store.GetChangeHolds().Should().BeEmpty();
        await fixture.CrashAsync();
        fixture.Clock.AdjustTime(fixture.Clock.GetUtcNow() - (2 * Hour));
        await fixture.ReopenAsync();
        fixture.Store.GetChangeHolds().Should().ContainSingle();
        await ReclaimAsync(fixture);
        await using (var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning))
        {
            (await stream.NextAsync(2)).Should().Equal("1@1 a=1", "2@2 a=2");
        }

        // It lapses, and what it held goes: then it stays away, whatever the clock says.
        fixture.Clock.Advance(2 * Hour);
        (await ReclaimAsync(fixture)).ReclaimedVersions.Should().BePositive();
        await fixture.CrashAsync();
        fixture.Clock.AdjustTime(fixture.Clock.GetUtcNow() - (2 * Hour));
        await fixture.ReopenAsync();
        fixture.Store.GetChangeHolds().Should().BeEmpty();
        await RequireReclaimedAsync(fixture, ChangePosition.Beginning);
    }

    [Fact]
    public async Task D3_AHoldBehindWhatIsNotThereAnyMoreIsGivenUpLoudly()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.FlushAsync();
        var expiry = fixture.Clock.GetUtcNow() + Hour;
        byte[] note = ChangeHoldNote.Encode([new ChangeHold("lost", new ChangePosition(1, 2), expiry), new ChangeHold("there", new ChangePosition(1, 1), expiry)]);
        await fixture.Tier.SetNoteAsync("change-holds", note, CancellationToken.None);
        await fixture.ReopenAsync();
        fixture.Store.GetChangeHolds().Should().Equal(new ChangeHold("there", new ChangePosition(1, 1), expiry));
        fixture.Log.Entries.Should().ContainSingle(e => e.Message.Contains("lost", StringComparison.Ordinal) && e.Level == Microsoft.Extensions.Logging.LogLevel.Error);
        await fixture.ReopenAsync();
        fixture.Store.GetChangeHolds().Should().ContainSingle();
    }

    [Fact]
    public async Task A3_MoreHoldsThanCanBeRememberedAreRefusedAndTheOthersStay()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        var held = new List<ChangeHold>();
        var hold = async () => held.Add(await fixture.Store.HoldChangesAsync($"{held.Count:D64}", ChangePosition.Beginning, TimeSpan.MaxValue).Guarded());
        var most = TierNote.MaxContentLength / (1 + 64 + (3 * sizeof(ulong)));
        while (held.Count < most)
        {
            await hold();
        }

        await hold.Should().ThrowAsync<ArgumentException>();
        held.Should().HaveCount(most).And.OnlyContain(h => h.ExpiresAt == DateTimeOffset.MaxValue, "no time is too long");
        fixture.Store.GetChangeHolds().Should().Equal(held);
        await fixture.ReopenAsync();
        fixture.Store.GetChangeHolds().Should().Equal(held);
    }

    [Fact]
    public async Task E7_APreviewGoesByWhatIsHeld()
    {
        await using var fixture = await OpenAsync(StoreStorage.InMemory);
        await fixture.Store.HoldChangesAsync("feed", ChangePosition.Beginning, Hour).Guarded();
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.SetAsync(2, "a", "2");
        await fixture.Store.FlushAsync();
        (await fixture.Store.PreviewReclamationAsync().Guarded()).Report.ReclaimedVersions.Should().Be(0);

        // A run ends what has lapsed before it raises floors.
        fixture.Clock.Advance(2 * Hour);
        var foreseen = (await fixture.Store.PreviewReclamationAsync().Guarded()).Report;
        foreseen.ReclaimedVersions.Should().BePositive();
        var done = await fixture.Store.ReclaimAsync().Guarded();
        (done.Floor, done.ReclaimedVersions).Should().Be((foreseen.Floor, foreseen.ReclaimedVersions));
    }

    private static Task<StoreFixture> OpenAsync(StoreStorage storage)
        => StoreFixture.OpenAsync(storage, o => o.GarbageCollection.RetainVersions = 0);

    private static async Task<ReclamationReport> ReclaimAsync(StoreFixture fixture)
    {
        await fixture.FlushIfPersistentAsync();
        fixture.Store.Evict(0);
        return await fixture.Store.ReclaimAsync().Guarded();
    }

    private static async Task RequireReclaimedAsync(StoreFixture fixture, ChangePosition position)
    {
        await using var stream = new ChangeStream(fixture.Store, position);
        (await Assert.ThrowsAsync<ChangesReclaimedException>(() => stream.NextAsync())).After.Should().Be(position.Sequence);
    }
}
