using MvStore.Logging;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>The persistent tier remembers that commits may be in a log that it does not have (I19).</summary>
public sealed class LogRemembranceTests
{
    [Fact]
    public async Task D3_AStoreThatWasNotClosedIsNotOpenedWithoutALog()
    {
        await using var fixture = await OpenWithOneCommitAsync();
        var own = fixture.Disk;
        fixture.UsesLog = false;

        var error = await Assert.ThrowsAsync<CommitLogException>(() => fixture.CrashAsync(disk: own));

        error.Failure.Should().Be(TierFailure.Damaged);
        error.Message.Should().Contain("CommitLog.Directory").And.Contain("KeepPrefix");
        fixture.UsesLog = true;
        await fixture.CrashAsync(disk: own);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task D3_AStoreThatWasNotClosedIsNotOpenedWithANewLog()
    {
        await using var fixture = await OpenWithOneCommitAsync();
        var own = fixture.Disk;
        var empty = new SimulatedDisk();

        var error = await Assert.ThrowsAsync<CommitLogException>(() => fixture.CrashAsync(disk: empty));

        error.Failure.Should().Be(TierFailure.Damaged);
        empty.Operations.Should().BeEmpty("nothing is touched");
        await fixture.CrashAsync(disk: own);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Theory]
    [InlineData(CommitLogDamage.Refuse)]
    [InlineData(CommitLogDamage.KeepPrefix)]
    public async Task D3_AStoreThatWasNotClosedIsNotOpenedWithAnEarlierLogOfItsOwn(CommitLogDamage onDamage)
    {
        await using var fixture = await LogFixture.OpenAsync(configure: o => o.CommitLog.OnDamage = onDamage);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();
        var earlier = fixture.Disk;
        await fixture.ReopenAsync(new SimulatedDisk());
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded();
        var own = fixture.Disk;

        var error = await Assert.ThrowsAsync<CommitLogException>(() => fixture.CrashAsync(disk: earlier));

        error.Failure.Should().Be(TierFailure.Fatal);
        await fixture.CrashAsync(disk: own);
        (await fixture.Store.ReadAsync("a")).Should().Be("2@20");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D9_AStoreThatWasClosedNeedsNoLog(bool isNew)
    {
        await using var fixture = await OpenWithOneCommitAsync();
        fixture.UsesLog = isNew;

        await fixture.ReopenAsync(new SimulatedDisk());

        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded();
        fixture.Store.GetStatistics().FlushedSequence.Should().Be(isNew ? 1UL : 2UL);
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().Be("2@20");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D3_WhoGivesALostLogUpGoesOnWithWhatTheTierHas(bool isNew)
    {
        await using var fixture = await LogFixture.OpenAsync(configure: o => o.CommitLog.OnDamage = CommitLogDamage.KeepPrefix);
        await fixture.Store.SetAsync(10, "a", "1");
        await fixture.Store.FlushAsync().Guarded();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "2"), 20, Durability.Durable).Guarded();
        fixture.UsesLog = isNew;

        await fixture.CrashAsync(disk: new SimulatedDisk());

        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
        fixture.Messages.Entries.Should().Contain(e => e.Id.Id == 1605);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "3"), 30, Durability.Durable).Guarded();
        await fixture.CrashAsync();
        (await fixture.Store.ReadAsync("a")).Should().Be("3@30");
    }

    [Fact]
    public async Task D3_AnOpeningThatWasGivenUpForgetsNoLog()
    {
        var ends = false;
        var progress = new Progress(() => Volatile.Read(ref ends));
        await using var fixture = await LogFixture.OpenAsync(configure: o => o.CommitLog.Progress = progress);
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();
        Volatile.Write(ref ends, true);

        await Assert.ThrowsAsync<OperationCanceledException>(() => fixture.CrashAsync());

        fixture.UsesLog = false;
        await Assert.ThrowsAsync<CommitLogException>(() => fixture.CrashAsync(disk: fixture.Disk));
    }

    [Fact]
    public async Task D9_ATierThatCannotBeToldKeepsAskingForTheLog()
    {
        await using var fixture = await OpenWithOneCommitAsync();
        fixture.Tier.FailNotes(new PersistentTierException(TierFailure.Fatal, "Injected: no note."));

        await fixture.ReopenAsync();

        fixture.Messages.Entries.Should().Contain(e => e.Id.Id == 1606);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public async Task D9_AStoreThatCouldNotBeFlushedKeepsNeedingItsLog()
    {
        await using var fixture = await OpenWithOneCommitAsync();
        fixture.Tier.FailNextApplies(new PersistentTierException(TierFailure.Fatal, "Injected: no flush."));
        await Assert.ThrowsAsync<StoreFailedException>(() => fixture.Store.DisposeAsync().Guarded());
        var own = fixture.Disk;
        fixture.UsesLog = false;

        await Assert.ThrowsAsync<CommitLogException>(() => fixture.CrashAsync(disk: own));

        fixture.UsesLog = true;
        await fixture.CrashAsync(disk: own);
        (await fixture.Store.ReadAsync("a")).Should().Be("1@10");
    }

    [Fact]
    public void F7_ACopyThatIsAStoreOfItsOwnNeedsNoLog()
    {
        var tier = new TierState(5, 50, FloorSet.None)
        {
            Identity = 7,
            Notes = new Dictionary<string, ReadOnlyMemory<byte>> { [LogNote.Name] = LogNote.Content(store: 7, log: 9) },
        };

        LogNote.Find(tier).Should().Be(9);
        CommitLogInspection.IsNeeded(tier).Should().BeTrue();
        CommitLogInspection.IsNeeded(tier with { Identity = 8 }).Should().BeFalse();
        var newer = () => LogNote.Find(tier with { Notes = new Dictionary<string, ReadOnlyMemory<byte>> { [LogNote.Name] = new byte[17] } });
        newer.Should().Throw<StoreFormatException>();
    }

    /// <summary>Every order of four steps: whatever was acknowledged as durable is there, or opening fails.</summary>
    [Fact]
    public async Task D3_InEveryOrderOfOpeningsWhatIsDurableIsThereOrOpeningFails()
    {
        const int steps = 6;
        const int length = 4;
        for (var run = 0; run < Math.Pow(steps, length); run++)
        {
            var order = Enumerable.Range(0, length).Select(i => run / (int)Math.Pow(steps, i) % steps).ToArray();
            await RunAsync(order);
        }
    }

    private static async Task RunAsync(int[] order)
    {
        await using var fixture = await LogFixture.OpenAsync();
        var version = 0UL;
        await CommitAsync();
        foreach (var step in order)
        {
            switch (step)
            {
                case 0:
                    await CommitAsync();
                    break;
                case 1:
                    await fixture.Store.FlushAsync().Guarded();
                    break;
                case 2 or 3:
                    fixture.UsesLog = step == 2;
                    await fixture.ReopenAsync();
                    break;
                case 4:
                    fixture.UsesLog = true;
                    await fixture.CrashAsync();
                    break;
                default:
                    await CrashWithoutLogAsync();
                    break;
            }

            (await fixture.Store.ReadAsync("a")).Should().Be($"{version}@{version}", "the order was {0}", string.Join(' ', order));
        }

        async Task CommitAsync()
        {
            version++;
            await fixture.Store.CommitAsync(new WriteBatch().Set("a", $"{version}"), version, Durability.Durable).Guarded();
        }

        async Task CrashWithoutLogAsync()
        {
            var wasLogged = fixture.UsesLog;
            fixture.UsesLog = false;
            var crash = () => fixture.CrashAsync();
            if (!wasLogged)
            {
                await crash();
                return;
            }

            await Assert.ThrowsAsync<CommitLogException>(crash);
            fixture.UsesLog = true;
            await fixture.CrashAsync(disk: fixture.Disk);
        }
    }

    private static async Task<LogFixture> OpenWithOneCommitAsync()
    {
        var fixture = await LogFixture.OpenAsync();
        await fixture.Store.CommitAsync(new WriteBatch().Set("a", "1"), 10, Durability.Durable).Guarded();
        return fixture;
    }

    private sealed class Progress(Func<bool> ends) : IProgress<CommitLogProgress>
    {
        public void Report(CommitLogProgress value)
        {
            if (ends())
            {
                throw new OperationCanceledException("Given up.");
            }
        }
    }
}
