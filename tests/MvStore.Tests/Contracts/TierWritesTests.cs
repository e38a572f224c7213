using MvStore.Contracts;
using MvStore.Remote;

namespace MvStore.Tests.Contracts;

/// <summary>What is done about each failure of a write (contract D4, I9 to I11).</summary>
public sealed class TierWritesTests
{
    private const int MaxAttempts = 3;

    private readonly FailureLatch _failure = new();

    [Theory]
    [InlineData("run ok", "1, run ok, done 1")]
    [InlineData("run Transient; run Transient; run Transient; run Transient; run ok",
        "1, run Transient, Transient, 2, run Transient, Transient, 3, run Transient, Transient, 4, run Transient, Transient, 5, run ok, done 5")]
    [InlineData("run InDoubt; ask yes", "1, run InDoubt, InDoubt, 2, ask yes, done 2")]
    [InlineData("run InDoubt; ask no; run ok", "1, run InDoubt, InDoubt, 2, ask no, run ok, done 2")]
    [InlineData("run InDoubt; ask Transient; ask InDoubt; ask yes", "1, run InDoubt, InDoubt, 2, ask Transient, Transient, 3, ask InDoubt, InDoubt, 4, ask yes, done 4")]
    [InlineData("run InDoubt; ask no; run Transient; run ok", "1, run InDoubt, InDoubt, 2, ask no, run Transient, Transient, 3, run ok, done 3")]
    [InlineData("run InDoubt; ask no; run Fatal; ask yes", "1, run InDoubt, InDoubt, 2, ask no, run Fatal, Fatal, 3, ask yes, done 3")]
    [InlineData("run InDoubt; ask no; run Fatal; ask Transient; ask yes", "1, run InDoubt, InDoubt, 2, ask no, run Fatal, Fatal, 3, ask Transient, Transient, 4, ask yes, done 4")]
    public async Task D4_AFlushIsRepeatedAndResolvedUntilItIsDone(string steps, string expected)
    {
        var write = new ScriptedWrite(steps.Split("; "));
        await Writes(resolvesDoubt: true).RunAsync(write, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(1));
        string.Join(", ", write.Seen).Should().Be(expected);
        _failure.Cause.Should().BeNull();
    }

    [Theory]
    [InlineData("run InDoubt", false)]
    [InlineData("run Damaged", true)]
    [InlineData("run Fatal", true)]
    [InlineData("run Fenced", true)]
    [InlineData("run broken", true)]
    [InlineData("run InDoubt; ask Fenced", true)]
    [InlineData("run InDoubt; ask Damaged", true)]
    [InlineData("run InDoubt; ask no; run Fenced", true)]
    [InlineData("run InDoubt; ask no; run Fatal; ask no", true)]
    public async Task I9_WhatCannotBeResolvedStopsTheStore(string steps, bool resolvesDoubt)
    {
        var write = new ScriptedWrite(steps.Split("; "));
        var writes = Writes(resolvesDoubt);
        var thrown = await writes.Awaiting(w => w.RunAsync(write, CancellationToken.None).AsTask()).Should().ThrowAsync<Exception>();
        _failure.Cause.Should().BeSameAs(thrown.Which);
        write.Seen[^1].Should().EndWith("!");

        var next = new ScriptedWrite();
        await writes.Awaiting(w => w.RunAsync(next, CancellationToken.None).AsTask()).Should().ThrowAsync<StoreFailedException>();
        next.Seen.Should().BeEmpty();
    }

    [Theory]
    [InlineData(TierFailure.Transient, TierFailure.Transient)]
    [InlineData(TierFailure.InDoubt, TierFailure.Transient)]
    public async Task D4_MaintenanceGivesUpAndTheStoreGoesOn(TierFailure failure, TierFailure told)
    {
        var attempts = 0;
        var writes = Writes(resolvesDoubt: true);
        var write = () => writes.RunAsync(
            () =>
            {
                attempts++;
                throw new PersistentTierException(failure, "Always.");
            },
            CancellationToken.None).AsTask();
        (await write.Should().ThrowAsync<PersistentTierException>()).Which.Failure.Should().Be(told);
        attempts.Should().Be(MaxAttempts);
        _failure.Cause.Should().BeNull();
        await writes.RunAsync(new ScriptedWrite("run ok"), CancellationToken.None);
    }

    [Fact]
    public async Task D4_AnotherWriterPassesDuringAPause()
    {
        var clock = new Fixtures.ManualClock();
        var writes = new TierWrites(_failure, new TierRetryPolicy(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), MaxAttempts, resolvesDoubt: true), clock);
        var first = new ScriptedWrite("run Transient", "run ok");
        var running = writes.RunAsync(first, CancellationToken.None).AsTask();
        await clock.TimerStartedAsync(due => due == TimeSpan.FromSeconds(1));
        await writes.RunAsync(new ScriptedWrite("run ok"), CancellationToken.None);
        running.IsCompleted.Should().BeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        await running;
        first.Seen.Should().Equal("1", "run Transient", "Transient", "2", "run ok", "done 2");
    }

    private TierWrites Writes(bool resolvesDoubt)
        => new(_failure, new TierRetryPolicy(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), MaxAttempts, resolvesDoubt), new HastyTime());
}
