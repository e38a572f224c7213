using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>Damage at rest is told, never taken for a torn end; what does not belong together is refused.</summary>
public sealed class LogDamageTests
{
    private const int Commits = 9;

    [Fact]
    public void F3_EveryFlippedByteIsToldOrMakesNoDifference()
    {
        var image = Synced(out var tier, out var published);
        var told = 0;
        var harmless = 0;
        foreach (var (name, content) in image)
        {
            for (var offset = 0; offset < content.Length; offset += 5)
            {
                var damaged = Copy(image);
                damaged[name][offset] ^= 0x10;
                if (PowerLossCheck.Problem(damaged, tier, published, Commits) is not { } problem)
                {
                    harmless++;
                }
                else
                {
                    problem.Should().Match(p => p.Contains("damaged", StringComparison.Ordinal) || p.Contains("has format", StringComparison.Ordinal), "byte {0} of {1}", offset, name);
                    told++;
                }
            }
        }

        told.Should().BeGreaterThan(1_000);
        harmless.Should().BePositive("what was never used may be anything");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LogFormat.FirstFrame)]
    [InlineData(LogFormat.FirstFrame + 100)]
    [InlineData(8_000)]
    public void F3_AFileThatWasCutIsTold(int length)
    {
        var image = Synced(out var tier, out var published);
        var last = image.Keys.Where(n => n != LogFormat.MarkName).Max()!;
        image[last] = image[last][..length];

        PowerLossCheck.Problem(image, tier, published, Commits).Should().Contain("damaged");
    }

    [Fact]
    public void F3_AFileThatIsGoneIsTold()
    {
        var image = Synced(out var tier, out var published);
        foreach (var name in image.Keys.Where(n => n != LogFormat.MarkName))
        {
            var without = Copy(image);
            without.Remove(name);
            PowerLossCheck.Problem(without, tier, published, Commits).Should().Contain("damaged", "{0} is gone", name);
        }
    }

    [Fact]
    public void F3_AHoleBeforeSomethingSyncedIsDamageAlsoWithoutTheMark()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 3; i++)
        {
            run.Publish(values: 1, valueBytes: 100);
            run.Acknowledge();
        }

        var image = run.Disk.Content;
        image.Remove(LogFormat.MarkName);
        image["00000001.mvlog"][LogFormat.FirstFrame + 60] ^= 1;

        PowerLossCheck.Problem(image, run.Tier, run.Published, 0).Should().Contain("damaged");
    }

    [Fact]
    public void F3_AFrameThatIsMissingIsTold()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 4; i++)
        {
            run.Publish(values: 1, valueBytes: 100);
            run.Acknowledge();
        }

        // All frames are of one size: the second is taken out, and the others move up.
        var image = run.Disk.Content;
        var content = image["00000001.mvlog"];
        var size = LogFormat.FrameBytes(BitConverter.ToInt32(content, LogFormat.FirstFrame + 16));
        content.AsSpan(LogFormat.FirstFrame + (2 * size), 2 * size).CopyTo(content.AsSpan(LogFormat.FirstFrame + size));
        content.AsSpan(LogFormat.FirstFrame + (3 * size), size).Clear();

        PowerLossCheck.Problem(image, run.Tier, run.Published, 0).Should().Contain("damaged");
    }

    [Fact]
    public void F3_WhatAnEarlierUseOfAFileLeftIsNeverRead()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 14; i++)
        {
            run.Publish(values: 4, valueBytes: 700);
            run.Acknowledge();
            run.Flush();
        }

        run.Disk.Names.Count.Should().BeLessThan(5, "files were used again");
        run.Publish(values: 4, valueBytes: 700);
        run.Acknowledge();
        PowerLossCheck.Problem(run.Disk.Content, run.Tier, run.Published, run.Sequence).Should().BeNull();
        using var examined = LogExamination.Open(run.Disk.Open());
        examined.Content.CutBytes.Should().Be(0, "frames of an earlier use are not even a torn end");
    }

    [Fact]
    public void KeepPrefixGoesOnWithWhatIsBeforeTheDamage()
    {
        var disk = new SimulatedDisk(Synced(out var tier, out var published));
        var names = disk.Names.Where(n => n != LogFormat.MarkName).Order().ToArray();
        var image = disk.Content;
        image[names[1]][LogFormat.FirstFrame + 60] ^= 1;
        var damaged = new SimulatedDisk(image);
        var options = LogHarness.Options;
        options.OnDamage = CommitLogDamage.KeepPrefix;

        ulong kept;
        using (var recovery = LogRecovery.Open(new SimulatedDisk(image).Open(), tier, CommitLogDamage.KeepPrefix, NullLogger.Instance))
        {
            kept = recovery.Content.End.Sequence;
            kept.Should().BeInRange(1, Commits - 1);
            LogReader.Read(recovery.Content, 0).Select(LogText.Of).Should().Equal(published.Take((int)kept));
        }

        using (var log = CommitLog.Open(damaged.Open(), tier, options, new FlushOptions(), () => { }, new(), new HurriedTime(), NullLogger.Instance))
        {
            log.Recovered.Sequence.Should().Be(kept);
        }

        // The choice is made once: from here on nothing is missing, and what lay behind the damage never comes back.
        PowerLossCheck.Problem(damaged.Content, tier, [.. published.Take((int)kept)], kept).Should().BeNull();
        var random = new Random(1);
        PowerLossCheck.Problem(damaged.AfterPowerLoss(PowerLoss.KeepsNone, random), tier, [.. published.Take((int)kept)], kept).Should().BeNull();
    }

    [Fact]
    public void F5_ALogOfAnotherStoreIsRefusedAndNotTouched()
    {
        var disk = new SimulatedDisk(Synced(out var tier, out _));

        var open = () => LogRecovery.Open(disk.Open(), tier with { Identity = 8 }, CommitLogDamage.KeepPrefix, NullLogger.Instance);

        open.Should().Throw<StoreFormatException>().WithMessage("*another store*");
        disk.Operations.Should().BeEmpty();
    }

    [Fact]
    public void F5_ALogOfANewerFormatIsRefusedAndNotTouched()
    {
        var image = Synced(out var tier, out _);
        image["00000001.mvlog"][8] = 2;
        var disk = new SimulatedDisk(image);

        var open = () => LogRecovery.Open(disk.Open(), tier, CommitLogDamage.KeepPrefix, NullLogger.Instance);

        open.Should().Throw<StoreFormatException>().WithMessage("*format 2*");
        disk.Operations.Should().BeEmpty();
    }

    [Theory]
    [InlineData(5, 4)]
    [InlineData(5, 6)]
    public void ALogThatDoesNotContinueTheTiersHistoryIsRefused(int sequence, int highest)
    {
        var disk = new SimulatedDisk(Synced(out var tier, out _));
        var other = tier with { DurableSequence = (ulong)sequence, HighestVersion = (ulong)highest };

        var open = () => LogRecovery.Open(disk.Open(), other, CommitLogDamage.KeepPrefix, NullLogger.Instance);

        open.Should().Throw<CommitLogException>().Which.Failure.Should().Be(TierFailure.Fatal);
        disk.Operations.Should().BeEmpty();
    }

    [Fact]
    public void ATierThatIsBehindWhatTheLogForgotIsTold()
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < 8; i++)
        {
            run.Publish(values: 4, valueBytes: 2_000);
            run.Acknowledge();
            run.Flush();
        }

        var restored = run.Tier with { DurableSequence = 0, HighestVersion = CommitVersion.Zero };
        PowerLossCheck.Problem(run.Disk.Content, restored, run.Published, 0).Should().Contain("begins behind publication");
    }

    private static Dictionary<string, byte[]> Synced(out TierState tier, out IReadOnlyList<string> published)
    {
        using var run = new LogHarness(new SimulatedDisk());
        for (var i = 0; i < Commits; i++)
        {
            run.Publish(values: 4, valueBytes: 1_000);
            run.Acknowledge();
        }

        tier = run.Tier;
        published = run.Published;
        run.Disk.Names.Count.Should().BeGreaterThan(3, "there are several segments");
        return run.Disk.Content;
    }

    private static Dictionary<string, byte[]> Copy(Dictionary<string, byte[]> image) => image.ToDictionary(f => f.Key, f => (byte[])[.. f.Value]);
}
