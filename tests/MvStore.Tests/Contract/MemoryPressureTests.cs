using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Contract;

/// <summary>Contract D2, D5, D6: over the soft limit flushing, eviction and reclamation work harder; what is cold leaves first.</summary>
[Collection(nameof(ProcessEpochs))]
public sealed class MemoryPressureTests
{
    [Fact]
    public async Task D2_TheSoftLimitTriggersAFlushThatIsNamedAfterIt()
    {
        var events = new FlushRecorder();
        await using var fixture = await CrampedStore.OpenAsync(build: b => b.AddFlushListener(events));
        for (ulong version = 1; version <= 40; version++)
        {
            await fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), CrampedStore.Value(version)), version).Guarded();
        }

        (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Memory);
    }

    [Fact]
    public async Task D2_AShortageThatIsOverDoesNotNameAFlush()
    {
        var events = new FlushRecorder();
        const double Soft = 0.6;
        await using var fixture = await CrampedStore.OpenAsync(configure: o => o.Buffer.SoftLimit = Soft, build: b => b.AddFlushListener(events));
        using var hold = fixture.Tier.HoldApplies();
        var commit = fixture.Store.CommitAsync(
            new WriteBatch().Set(Bytes.Of("large"), Bytes.OfLength(300_000)), 1, Durability.Durable).AsTask();
        await hold.Reached.Guarded();

        // With the copies that are being written memory is short, and a flush was asked for; when they are gone it is not.
        await fixture.Store.CommitAsync(new WriteBatch().Set("small", new string('x', 60_000)), 2).Guarded();
        fixture.Store.GetStatistics().MemoryBytes.Should().BeInRange((long)(CrampedStore.Limit * Soft), CrampedStore.Limit);
        hold.Release();
        await commit.Guarded();
        await fixture.Store.FlushAsync().Guarded();

        (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Request);
        (await events.NextAsync(FlushStage.Completed).Guarded()).Trigger.Should().Be(FlushTrigger.Request);
    }

    [Fact]
    public async Task D5_WhatIsDurableMakesRoomWhileTheTierIsHeldUp()
    {
        await using var fixture = await CrampedStore.OpenAsync(configure: o =>
        {
            o.Buffer.SoftLimit = 1;
            o.Buffer.MaxStall = TimeSpan.FromDays(24);
        });
        await CommitAsync(1, 25);
        await fixture.Store.FlushAsync().Guarded();
        var flushed = fixture.Tier.Applied.Count;
        using var hold = fixture.Tier.HoldApplies();

        // More than fits beside what is durable already: that has to leave, and no flush ends meanwhile.
        await CommitAsync(26, 60);

        (fixture.Tier.Applied.Count == flushed).Should().BeTrue();
        fixture.Store.GetStatistics().BufferedVersions.Should().BeLessThan(60);
        hold.Release();
        await fixture.Store.RequireExactlyAsync(60);

        async Task CommitAsync(ulong first, ulong last)
        {
            for (var version = first; version <= last; version++)
            {
                var commit = fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of(version), CrampedStore.Value(version)), version).AsTask();
                if (!commit.IsCompleted)
                {
                    await fixture.Clock.AdvanceUntilAsync(commit, TimeSpan.FromMinutes(1)).Guarded();
                }

                await commit;
            }
        }
    }

    [Fact]
    public async Task D5_AShortageBringsReclamationForward()
    {
        var interval = TimeSpan.FromHours(1);
        await using var fixture = await CrampedStore.OpenAsync(StoreStorage.None, o =>
        {
            o.GarbageCollection.RetainVersions = 0;
            o.GarbageCollection.Interval = interval;
            o.Buffer.MaxStall = Timeout.InfiniteTimeSpan;
        });

        // One key, again and again: all but its newest version can go.
        for (ulong version = 1; version <= 200; version++)
        {
            var commit = fixture.Store.CommitAsync(new WriteBatch().Set(Bytes.Of("a"), CrampedStore.Value(version)), version).AsTask();
            if (!commit.IsCompleted)
            {
                await fixture.Clock.AdvanceUntilAsync(commit, interval / 10).Guarded();
            }

            await commit;
        }

        fixture.Store.GetStatistics().Stalls[StallReason.Memory].Count.Should().BePositive();
    }

    [Fact]
    public async Task D6_KeysThatWereWrittenLeastRecentlyLeaveMemoryFirst()
    {
        const ulong Keys = 4_000;
        await using var fixture = await StoreFixture.OpenAsync();
        var store = fixture.Store;
        ulong version = 0;

        // In the order of the keys every second one is cold.
        foreach (var isWarm in (bool[])[false, true])
        {
            for (var key = isWarm ? 1UL : 0; key < Keys; key += 2)
            {
                await store.CommitAsync(new WriteBatch().Set(Bytes.Of(key), Bytes.OfLength(200)), ++version);
            }
        }

        await store.FlushAsync().Guarded();
        store.Evict(store.GetStatistics().BufferedBytes * 2 / 3);

        var kept = new int[2];
        for (ulong key = 0; key < Keys; key++)
        {
            kept[key % 2] += store.TryGet(Bytes.Of(key), CommitVersion.Latest, out var row) == MemoryAnswer.Present ? 1 : 0;
            row.Dispose();
        }

        kept[0].Should().BeLessThan((int)Keys / 4, "a third went, and nearly all of it is cold");
        kept[1].Should().BeGreaterThan((int)Keys / 2 * 3 / 4);
        fixture.Tier.Reads.Should().Be(0);
    }

    [Fact]
    public async Task D6_MemoryStaysWholeWhileNothingIsEvicted()
    {
        await using var fixture = await StoreFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch(), 1, Durability.Durable).Guarded();
        await fixture.Store.SetAsync(2, "a", "not durable");

        fixture.Store.Evict(0).Should().Be(0);

        (await fixture.Store.ReadAsync("b")).Should().BeNull();
        fixture.Tier.Reads.Should().Be(0, "what is not in memory does not exist");
        StoreMemory.Of(fixture.Store).IsWhole.Should().BeTrue();
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.Evict(0).Should().BePositive();
        StoreMemory.Of(fixture.Store).IsWhole.Should().BeFalse();
    }
}
