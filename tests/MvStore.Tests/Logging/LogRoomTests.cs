using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>The size of the log: commits wait for room, and files are used again.</summary>
public sealed class LogRoomTests
{
    [Fact]
    public async Task D5_CommitsWaitWhileTheLogIsFullAndGoOnWhenTheTierHasCaughtUp()
    {
        await using var fixture = await OpenSmallAsync();
        using var hold = fixture.Tier.HoldApplies();
        var version = await FillAsync(fixture);

        var batch = Batch(version + 1).Set("late", "1");
        var waiting = fixture.Store.CommitAsync(batch, version + 1, Durability.Durable).AsTask();
        batch.Clear();
        waiting.IsCompleted.Should().BeFalse();
        fixture.Store.VisibleVersion.Should().Be((CommitVersion)version, "it has not begun");

        hold.Release();
        await waiting.Guarded();
        (await fixture.Store.ReadAsync("late")).Should().Be($"1@{version + 1}", "it was copied before it waited");
    }

    [Fact]
    public async Task D5_ACommitThatWaitedTooLongFailsWithTheReasonAndLeavesNothing()
    {
        await using var fixture = await OpenSmallAsync();
        using var hold = fixture.Tier.HoldApplies();
        var version = await FillAsync(fixture);

        var waiting = fixture.Store.CommitAsync(Batch(version + 1).Set("late", "1"), version + 1).AsTask();
        fixture.Store.GetStatistics().Stalls[StallReason.Log].Waiting.Should().Be(1);
        fixture.Clock.Advance(TimeSpan.FromSeconds(7));

        var error = await Assert.ThrowsAsync<CapacityExceededException>(() => waiting.Guarded());
        error.Reason.Should().Be(StallReason.Log);
        error.LimitBytes.Should().Be(3 << 20, "no flush makes the segment free that is being written");
        error.UsedBytes.Should().BeGreaterThanOrEqualTo(3 << 20);
        error.Waited.Should().Be(TimeSpan.FromSeconds(7));
        (await fixture.Store.ReadAsync("late")).Should().BeNull();
        var statistics = fixture.Store.GetStatistics();
        statistics.Stalls[StallReason.Log].Refused.Should().Be(1);
        statistics.Stalls[StallReason.Memory].Should().Be(default(StallStatistics));
        statistics.LogBytes.Should().BeInRange(3 << 20, 4 << 20);
        hold.Release();
        await fixture.Store.FlushAsync().Guarded();
        fixture.Store.GetStatistics().LogBytes.Should().BeLessThan(2 << 20);
        await fixture.Store.SetAsync(version + 1, "late", "2");
    }

    [Fact]
    public async Task A12_ACommitCancelledWhileItWaitsForRoomLeavesNothing()
    {
        await using var fixture = await OpenSmallAsync();
        using var hold = fixture.Tier.HoldApplies();
        var version = await FillAsync(fixture);
        using var cancel = new CancellationTokenSource();

        var waiting = fixture.Store.CommitAsync(Batch(version + 1).Set("late", "1"), version + 1, cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Guarded())).Should().NotBeOfType<DurabilityWaitCanceledException>();
        hold.Release();
        await fixture.Store.FlushAsync().Guarded();
        (await fixture.Store.ReadAsync("late")).Should().BeNull();
    }

    [Fact]
    public async Task D5_ACommitThatNeverFitsIsRefusedAtOnce()
    {
        await using var fixture = await OpenSmallAsync();
        var batch = new WriteBatch();
        for (ulong key = 0; key < 4; key++)
        {
            batch.Set(Bytes.Of(key), Bytes.OfLength(800_000));
        }

        var error = await Assert.ThrowsAsync<CapacityExceededException>(() => fixture.Store.CommitAsync(batch, 1).AsTask().Guarded());
        error.Reason.Should().Be(StallReason.Log);
        error.Waited.Should().Be(TimeSpan.Zero);
        fixture.Store.VisibleVersion.Should().Be(CommitVersion.Zero);
    }

    [Fact]
    public async Task D5_AHalfFullLogAsksForAFlush()
    {
        await using var fixture = await OpenSmallAsync();
        await using var events = fixture.Store.FlushEventsAsync().GetAsyncEnumerator();
        var next = events.MoveNextAsync().AsTask();
        for (ulong version = 1; version <= 5; version++)
        {
            await fixture.Store.CommitAsync(Batch(version), version, Durability.Logged).Guarded();
        }

        (await next.Guarded()).Should().BeTrue();
        events.Current.Trigger.Should().Be(FlushTrigger.Log);
    }

    [Fact]
    public void D5_AFlushIsAskedForEachTimeTheLogBecomesHalfFull()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var round = 1; round <= 3; round++)
        {
            while (run.FlushRequests < round)
            {
                run.Log.Room.UsedBytes.Should().BeLessThan(run.Log.Room.LimitBytes, "it is asked for at half of it");
                run.Publish(values: 4, valueBytes: 900);
                run.Step();
            }

            run.Publish(values: 4, valueBytes: 900);
            run.Step();
            run.FlushRequests.Should().Be(round, "it was asked for already");
            run.Flush();
        }
    }

    [Fact]
    public async Task D5_ManyTimesTheSizeOfTheLogGoesThroughTheSameFiles()
    {
        await using var fixture = await OpenSmallAsync();
        for (ulong version = 1; version <= 60; version++)
        {
            await fixture.Store.CommitAsync(Batch(version), version, Durability.Durable).Guarded();
        }

        fixture.Disk.Names.Count.Should().BeLessThanOrEqualTo(8, "the mark, and files for four segments and what was let in at once");
        await fixture.CrashAsync();
        (await fixture.Store.HistoryAllAsync()).Should().HaveCount(60);
    }

    [Fact]
    public async Task D4_AFullDiskHoldsDurableCommitsUpAndTheFlusherMakesRoom()
    {
        await using var fixture = await OpenSmallAsync();
        var full = true;
        var stalled = fixture.Messages.EntryAsync(e => e.Id.Id == 1603);
        fixture.Disk.Fault = o =>
        {
            if (o.Kind == DiskOperationKind.Create && Volatile.Read(ref full))
            {
                throw new CommitLogException(TierFailure.Transient, "Injected: no space left.");
            }
        };
        await fixture.Store.CommitAsync(Batch(1), 1, Durability.Durable).Guarded();
        var second = fixture.Store.CommitAsync(Batch(2), 2, Durability.Durable).AsTask();
        await stalled.Guarded();
        second.IsCompleted.Should().BeFalse("it needs a second file");

        // The tier takes what is written already, and has no more to do with it: room or not, nothing is lost.
        var flush = fixture.Store.FlushAsync().AsTask();
        Volatile.Write(ref full, false);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await second.Guarded();
        await flush.Guarded();
        await fixture.CrashAsync();
        (await fixture.Store.HistoryAllAsync()).Should().HaveCount(2);
    }

    [Fact]
    public async Task I14_WhatTheLogDoesNotHaveIsNotCopiedAheadIntoTheTier()
    {
        // Far more than a flusher takes that does not wait.
        const int Looks = 20_000;
        await using var fixture = await OpenSmallAsync(maxSliceBytes: 1);
        await using var events = fixture.Store.FlushEventsAsync().GetAsyncEnumerator();
        var full = true;
        var stalled = fixture.Messages.EntryAsync(e => e.Id.Id == 1603);
        fixture.Disk.Fault = o =>
        {
            if (o.Kind == DiskOperationKind.Create && Volatile.Read(ref full))
            {
                throw new CommitLogException(TierFailure.Transient, "Injected: no space left.");
            }
        };
        await fixture.Store.CommitAsync(Batch(1), 1, Durability.Durable).Guarded();
        var second = fixture.Store.CommitAsync(Batch(2), 2, Durability.Durable).AsTask();
        await stalled.Guarded();

        var flush = fixture.Store.FlushAsync().AsTask();
        do
        {
            (await events.MoveNextAsync().Guarded()).Should().BeTrue();
        }
        while (events.Current.Stage != FlushStage.Completed);

        for (var looks = 0; looks < Looks && fixture.Tier.Attempts == 1; looks++)
        {
            await Task.Yield();
        }

        fixture.Tier.Attempts.Should().Be(1, "the log has no more");
        Volatile.Write(ref full, false);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await second.Guarded();
        await flush.Guarded();
        fixture.Tier.Applied.Select(slice => slice.Sequence).Should().Equal(1UL, 2UL);
    }

    private static Task<LogFixture> OpenSmallAsync(long maxSliceBytes = 64 << 20)
        => LogFixture.OpenAsync(configure: o =>
        {
            o.Flush.MaxSliceBytes = maxSliceBytes;
            o.CommitLog.MaxBytes = 4 << 20;
            o.Buffer.MaxStall = TimeSpan.FromSeconds(7);
        });

    private static WriteBatch Batch(ulong version) => new WriteBatch().Set(Bytes.Of(version), Bytes.OfLength(600_000));

    /// <summary>Commits until the log is full.</summary>
    /// <returns>The last version.</returns>
    private static async Task<ulong> FillAsync(LogFixture fixture)
    {
        var version = 0UL;
        while (fixture.Store.GetStatistics().LogBytes < 3 << 20)
        {
            version++;
            await fixture.Store.CommitAsync(Batch(version), version, Durability.Logged).Guarded();
        }

        return version;
    }
}
