using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Rollbacks;

/// <summary>Commits that land while a rollback works out what to write, at each place where it asks the tier (DESIGN.md 12; I45, I47).</summary>
public sealed class RollbackRaceTests
{
    private const ulong To = 10;
    private const ulong Version = 40;

    // One row in each page, so that there is a place between any two.
    private const int MostPlaces = 40;

    /// <summary>A commit, whether it makes the rollback start over, and what is visible at the rollback's version in the end.</summary>
    public static TheoryData<ulong, string, bool, string> Commits => new()
    {
        { 35UL, "changed made other", true, "back=1 changed=1 deleted=1 same=1" },
        { 25UL, "changed same", true, "back=1 changed=1 deleted=1 same=1" },
        { 5UL, "changed other", true, "back=1 changed=1 deleted=1 other=5 same=1" },
        { 15UL, "zone", false, "back=1 changed=1 deleted=1 same=1" },
        { 35UL, "zone", false, "back=1 changed=1 deleted=1 same=1" },
        { 45UL, "changed same", false, "back=1 changed=1 deleted=1 same=1" },
        { 35UL, string.Empty, false, "back=1 changed=1 deleted=1 same=1" },
    };

    [Theory]
    [MemberData(nameof(Commits))]
    public async Task I45_ACommitThatLandsMeanwhileIsRegardedWholeOrNotAtAll(ulong version, string keys, bool startsOver, string expected)
    {
        var places = 0;
        for (var place = 1; place <= MostPlaces; place++)
        {
            await using var fixture = await OpenAsync();
            var asked = 0;
            fixture.Tier.AnswerScan = _ =>
            {
                if (++asked == place)
                {
                    // The in-memory tier waits for nothing, so this does not either.
                    Guards.RequireAtOnce(fixture.Store.CommitAsync(BatchOf(version, keys), version));
                }

                return null;
            };
            var receipt = await fixture.Store.RollBackAsync(To, Version, KeyRange.Until("z"u8)).Guarded();
            fixture.Tier.AnswerScan = null;
            if (asked < place)
            {
                break;
            }

            places++;
            receipt.Attempts.Should().Be(startsOver ? 2 : 1, $"place {place}");
            (await ContentsAsync(fixture.Store, Version)).Should().Be(expected, $"place {place}");
            (await ContentsAsync(fixture.Store, To)).Should().Be(expected, $"place {place}");
            foreach (var key in keys.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                (await fixture.Store.ReadAsync(key, version)).Should().Be($"{version}@{version}", "it stands at its own version");
            }
        }

        places.Should().BeInRange(5, MostPlaces - 1, "both states are read, row by row");
    }

    [Fact]
    public async Task I45_ACommitAtItsOwnVersionThatLandsMeanwhileRefusesIt()
    {
        await using var fixture = await OpenAsync();
        var asked = 0;
        fixture.Tier.AnswerScan = _ =>
        {
            if (++asked == 1)
            {
                Guards.RequireAtOnce(fixture.Store.CommitAsync(BatchOf(Version, "same"), Version));
            }

            return null;
        };
        await Assert.ThrowsAsync<DuplicateVersionException>(() => fixture.Store.RollBackAsync(To, Version).Guarded());
        (await ContentsAsync(fixture.Store, Version)).Should().Be("back=1 changed=2 made=3 same=40");
    }

    [Fact]
    public async Task I45_OfTwoRollbacksOneIsRegardedByTheOther()
    {
        await using var fixture = await OpenAsync();
        var asked = 0;
        Task<RollbackReceipt>? first = null;
        fixture.Tier.AnswerScan = _ =>
        {
            if (++asked == 1)
            {
                first = fixture.Store.RollBackAsync(20, 39).AsTask();
                first.IsCompletedSuccessfully.Should().BeTrue("it waits for nobody");
            }

            return null;
        };
        var second = await fixture.Store.RollBackAsync(To, Version).Guarded();
        (await first!.Guarded()).Attempts.Should().Be(1);
        second.Attempts.Should().Be(2);
        (await ContentsAsync(fixture.Store, 39)).Should().Be("back=2 changed=2 same=1");
        (await ContentsAsync(fixture.Store, Version)).Should().Be("back=1 changed=1 deleted=1 same=1");
    }

    [Fact]
    public async Task I47_WhatItGoesBackToStaysWhileItRunsAlsoWhenItStartsOver()
    {
        await using var fixture = await OpenAsync(o => o.GarbageCollection.RetainVersions = 5);
        using var hold = fixture.Tier.HoldReads();
        var rollback = fixture.Store.RollBackAsync(To, Version).AsTask();
        await hold.Reached.Guarded();
        await fixture.Store.CommitAsync(BatchOf(35, "changed"), 35).Guarded();
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.ReclaimAsync().Guarded();
        fixture.Store.GetFloor().Should().Be((CommitVersion)30);
        hold.Release();

        (await rollback.Guarded()).Attempts.Should().Be(2);
        (await ContentsAsync(fixture.Store, Version)).Should().Be("back=1 changed=1 deleted=1 same=1");
        (await fixture.Store.PreviewReclamationAsync().Guarded()).Pins.Should().BeEmpty();
        await Assert.ThrowsAsync<BelowFloorException>(() => fixture.Store.RollBackAsync(To, 50).Guarded());
    }

    [Fact]
    public async Task A9_CommittersDoNotWaitForARollback()
    {
        await using var fixture = await OpenAsync();
        using var hold = fixture.Tier.HoldReads();
        var rollback = fixture.Store.RollBackAsync(To, Version).AsTask();
        await hold.Reached.Guarded();
        for (ulong version = 41; version <= 60; version++)
        {
            Guards.RequireAtOnce(fixture.Store.CommitAsync(BatchOf(version, "changed"), version));
        }

        hold.Release();
        (await rollback.Guarded()).Attempts.Should().Be(1);
        (await fixture.Store.ReadAsync("changed")).Should().Be("60@60");
        (await fixture.Store.ReadAsync("changed", 40)).Should().Be("1@40");
    }

    private static async Task<StoreFixture> OpenAsync(Action<MvStoreOptions>? configure = null)
    {
        var fixture = await StoreFixture.OpenAsync(StoreStorage.InMemory, o =>
        {
            o.Persistence.ReadPageRows = 1;
            configure?.Invoke(o);
        });
        await RollbackTests.FillAsync(fixture.Store);
        await fixture.SettleAsync(Residency.Evicted);
        return fixture;
    }

    private static WriteBatch BatchOf(ulong version, string keys)
    {
        var batch = new WriteBatch();
        foreach (var key in keys.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            batch.Set(key, $"{version}");
        }

        return batch;
    }

    /// <summary>What is visible at a version below z, without the versions it was written at.</summary>
    private static async Task<string> ContentsAsync(IMultiVersionStore store, CommitVersion at)
        => string.Join(' ', (await StoreTexts.ShowAllAsync(store.ScanAsync(KeyRange.Until("z"u8), ReadScope.AsOf(at)))).Select(row => row.Split('@')[0]));
}
