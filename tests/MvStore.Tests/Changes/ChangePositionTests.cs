using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Changes;

/// <summary>Positions over reopenings and crashes.</summary>
public sealed class ChangePositionTests
{
    [Theory]
    [MemberData(nameof(TestCases.PersistentStorages), MemberType = typeof(TestCases))]
    public async Task D3_APositionSurvivesReopening(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var position = ChangePosition.Beginning;
        for (ulong version = 1; version <= 5; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
            await using (var stream = new ChangeStream(fixture.Store, position))
            {
                (await stream.NextAsync()).Should().Be($"{version}@{version} a={version}");
                position = ChangePosition.Parse(stream.Position.ToString());
            }

            await fixture.ReopenAsync();
        }

        await using var all = new ChangeStream(fixture.Store, position with { Sequence = 2 });
        (await all.NextAsync(3)).Should().Equal("3@3 a=3", "4@4 a=4", "5@5 a=5");
    }

    [Fact]
    public async Task D3_APositionBehindWhatACrashUndidIsRefusedForGood()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "a", "1");
        await fixture.Store.FlushAsync();
        await fixture.Store.SetAsync(2, "a", "undone");
        ChangePosition kept;
        ChangePosition undone;
        await using (var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning))
        {
            await stream.NextAsync();
            kept = stream.Position;
            await stream.NextAsync();
            undone = stream.Position;
        }

        await fixture.CrashAsync();
        await RequireUnknownAsync(fixture, undone);
        for (ulong version = 2; version <= 4; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
            await RequireUnknownAsync(fixture, undone);
            await using (var stream = new ChangeStream(fixture.Store, kept))
            {
                (await stream.NextAsync()).Should().Be("2@2 a=2");
            }

            // Also when nobody asked for a position before the next end.
            await fixture.Store.FlushAsync();
            await (version == 3 ? fixture.CrashAsync() : fixture.ReopenAsync());
        }

        await RequireUnknownAsync(fixture, undone);
        (await Assert.ThrowsAsync<UnknownChangePositionException>(() => fixture.Store.HoldChangesAsync("feed", undone, TimeSpan.FromHours(1)).Guarded())).Position.Should().Be(undone);
    }

    [Fact]
    public async Task D3_WhatWasUndoneInARunWithoutAFeedDoesNotMakeAnOldPositionGood()
    {
        await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
        await fixture.Store.SetAsync(1, "a", "undone");
        ChangePosition undone;
        await using (var stream = new ChangeStream(fixture.Store, ChangePosition.Beginning))
        {
            await stream.NextAsync();
            undone = stream.Position;
        }

        await fixture.CrashAsync();
        await fixture.Store.SetAsync(1, "a", "another");
        await fixture.ReopenAsync();
        await RequireUnknownAsync(fixture, undone);
    }

    [Theory]
    [InlineData(StoreStorage.InMemory)]
    [InlineData(StoreStorage.LoggedSqlite)]
    public async Task D3_ADurableConsumerIsNeverRefusedAfterACrash(StoreStorage storage)
    {
        await using var fixture = await StoreFixture.OpenAsync(storage);
        var durable = new ChangeReadOptions { DurableOnly = true };
        var position = ChangePosition.Beginning;
        for (ulong version = 1; version <= 6; version++)
        {
            await fixture.Store.SetAsync(version, "a", $"{version}");
            await using (var stream = new ChangeStream(fixture.Store, position, durable))
            {
                (await stream.NextAsync()).Should().Be($"{version}@{version} a={version}");
                position = stream.Position;
                fixture.Store.GetStatistics().DurableSequence.Should().BeGreaterThanOrEqualTo(position.Sequence);
                (await fixture.Store.GetChangeBoundsAsync().Guarded()).Durable.Should().Be(position);
            }

            await fixture.CrashAsync();
        }
    }

    [Fact]
    public async Task F4_APositionOfAnotherStoreIsRefused()
    {
        await using var one = await StoreFixture.OpenAsync(StoreStorage.None);
        await using var other = await StoreFixture.OpenAsync(StoreStorage.None);
        await one.Store.SetAsync(1, "a", "1");
        await other.Store.SetAsync(1, "a", "1");
        var position = (await one.Store.GetChangeBoundsAsync().Guarded()).Newest;
        await other.Store.GetChangeBoundsAsync().Guarded();
        await RequireUnknownAsync(other, position);
        await RequireUnknownAsync(one, position with { Sequence = 2 });
        await RequireUnknownAsync(one, new ChangePosition(0, 1));
    }

    [Fact]
    public async Task F3_ANoteThatCannotBeReadIsDamage()
    {
        foreach (var (name, content) in ((string, byte[])[])[("change-lineages", [2]), ("change-lineages", [1, 0]), ("change-holds", [2]), ("change-holds", [1, 5, 65])])
        {
            await using var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory);
            await fixture.Tier.SetNoteAsync(name, content, CancellationToken.None);
            await fixture.Store.DisposeAsync().Guarded();
            (await Assert.ThrowsAsync<PersistentTierException>(() => fixture.NewBuilder().OpenAsync().AsTask().Guarded())).Failure.Should().Be(TierFailure.Damaged);
        }
    }

    private static async Task RequireUnknownAsync(StoreFixture fixture, ChangePosition position)
    {
        await using var stream = new ChangeStream(fixture.Store, position);
        (await Assert.ThrowsAsync<UnknownChangePositionException>(() => stream.NextAsync())).Position.Should().Be(position);
    }
}
