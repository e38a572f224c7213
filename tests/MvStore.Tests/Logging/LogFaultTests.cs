namespace MvStore.Tests.Logging;

/// <summary>Every operation of a script fails once: the disk is full, a write fails, a sync fails and the system forgets what it had not written.</summary>
public sealed class LogFaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void D4_AFullDiskLosesNothingAndTheLogGoesOnWhenThereIsSpace(bool leads)
    {
        var operations = OperationsOfScript(leads);
        for (var failing = OperationsOfOpening(); failing < operations; failing++)
        {
            var disk = new SimulatedDisk();
            var left = 3;
            disk.Fault = operation =>
            {
                if (operation.Kind != DiskOperationKind.Sync && disk.Operations.Count == failing && left-- > 0)
                {
                    throw new CommitLogException(TierFailure.Transient, "No space left.");
                }
            };
            using var run = new LogHarness(disk);
            Script(run, leads).Should().Be(run.Sequence);

            PowerLossCheck.Problem(disk.AfterPowerLoss(PowerLoss.KeepsNone, new Random(1)), run.Tier, run.Published, run.Sequence)
                .Should().BeNull("operation {0} found no space", failing);
            run.Log.Durable.LastFailure.Should().BeNull("it is over");
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void D4_AFailureOfUnknownOutcomeStopsTheLogAndLosesNothingAcknowledged(bool syncsOnly, bool leads)
    {
        var operations = OperationsOfScript(leads);
        for (var failing = OperationsOfOpening(); failing < operations; failing++)
        {
            var disk = new SimulatedDisk();
            disk.Fault = operation =>
            {
                if (disk.Operations.Count == failing && (operation.Kind == DiskOperationKind.Sync) == syncsOnly)
                {
                    throw new CommitLogException(TierFailure.InDoubt, "Input/output error.");
                }
            };
            using var run = new LogHarness(disk);
            var acknowledged = Script(run, leads);
            if (run.Failure.Cause is null)
            {
                continue;
            }

            disk.Fault = null;
            RequireStopped(run, disk);

            // The process goes on with what the system shows, then the power fails: what was told as recovered must still be there.
            PowerLossCheck.Problem(disk.Content, run.Tier, run.Published, acknowledged).Should().BeNull("operation {0} failed", failing);
            var reopened = new SimulatedDisk(disk);
            using var again = new LogHarness(reopened, run);
            again.Sequence.Should().BeGreaterThanOrEqualTo(acknowledged);
            PowerLossCheck.Problem(reopened.AfterPowerLoss(PowerLoss.KeepsNone, new Random(1)), again.Tier, again.Published, again.Sequence)
                .Should().BeNull("operation {0} failed, and the log was opened again", failing);
        }
    }

    [Fact]
    public async Task D4_TheFirstFailureIsToldToEveryWaiterNowAndLater()
    {
        var disk = new SimulatedDisk();
        using var run = new LogHarness(disk);
        run.Publish(values: 1, valueBytes: 10);
        var logged = run.Log.Written.WaitAsync(1, 1, default).AsTask();
        var durable = run.Log.Durable.WaitAsync(1, 1, default).AsTask();
        disk.Fault = operation =>
        {
            if (operation.Kind == DiskOperationKind.Sync)
            {
                throw new CommitLogException(TierFailure.InDoubt, "Input/output error.");
            }
        };

        run.Log.Writer.Step().Should().BeFalse();

        logged.IsCompletedSuccessfully.Should().BeTrue("it was written before the sync failed");
        durable.Exception!.InnerException.Should().BeOfType<StoreFailedException>().Which.InnerException.Should().BeOfType<CommitLogException>();
        var later = () => run.Log.Durable.WaitAsync(1, 1, default).AsTask();
        await later.Should().ThrowAsync<StoreFailedException>();
        run.Log.Durable.Sequence.Should().Be(0);
    }

    /// <summary>Runs until it is through or the log stops.</summary>
    /// <returns>What was acknowledged.</returns>
    private static ulong Script(LogHarness run, bool leads)
    {
        var acknowledged = 0UL;
        for (var i = 0; i < 10; i++)
        {
            run.Publish(values: 4, valueBytes: 900);
            if (leads)
            {
                run.Log.Durable.Bring(run.Sequence);
            }

            var durable = run.Log.Durable.WaitAsync(run.Sequence, run.Highest, default).AsTask();
            if (leads ? run.Failure.Cause is not null : !run.Log.Writer.Step())
            {
                durable.IsFaulted.Should().BeTrue();
                break;
            }

            durable.IsCompletedSuccessfully.Should().BeTrue();
            acknowledged = run.Sequence;
            if (i % 3 == 2)
            {
                run.Flush();
            }
        }

        return acknowledged;
    }

    private static void RequireStopped(LogHarness run, SimulatedDisk disk)
    {
        var before = disk.Operations.Count;
        run.Publish(values: 1, valueBytes: 10);
        run.Log.Writer.Step().Should().BeFalse();
        disk.Operations.Count.Should().Be(before, "nothing is written after the first failure");
    }

    private static int OperationsOfOpening()
    {
        using var run = new LogHarness(new SimulatedDisk());
        return run.Disk.Operations.Count;
    }

    private static int OperationsOfScript(bool leads)
    {
        using var run = new LogHarness(new SimulatedDisk());
        Script(run, leads);
        return run.Disk.Operations.Count;
    }
}
