namespace MvStore.Tests.Logging;

/// <summary>The power fails after every single operation of fixed scripts, and again while the log is opened after that.</summary>
public sealed class PowerLossTests
{
    private const int Seeds = 3;

    private static readonly Dictionary<string, Action<LogHarness>> Scripts = new()
    {
        ["small commits"] = run =>
        {
            for (var i = 0; i < 12; i++)
            {
                run.Publish(values: 3, valueBytes: 100);
                if (i % 3 == 0)
                {
                    run.Acknowledge();
                }
                else
                {
                    run.Step();
                }
            }
        },
        ["committers that lead"] = run =>
        {
            for (var i = 0; i < 10; i++)
            {
                run.Publish(values: 2, valueBytes: i % 4 == 3 ? 9_000 : 100);
                if (i % 3 == 2)
                {
                    run.Step();
                }
                else
                {
                    run.Lead();
                }

                if (i % 4 == 3)
                {
                    run.Flush();
                }
            }
        },
        ["late and sparse versions"] = run =>
        {
            foreach (var version in (ulong[])[100, 50, 200, 150, 60, 1_000])
            {
                run.Publish(values: 2, valueBytes: 40, version);
                run.Publish(values: 0, valueBytes: 0, version + 1);
                run.Acknowledge();
            }
        },
        ["commits larger than a segment"] = run =>
        {
            run.Publish(values: 1, valueBytes: 10);
            run.Acknowledge();
            run.Publish(values: 4, valueBytes: 10_000);
            run.Publish(values: 1, valueBytes: 10);
            run.Step();
            run.Publish(values: 1, valueBytes: 30_000);
            run.Acknowledge();
            run.Publish(values: 1, valueBytes: 10);
            run.Acknowledge();
        },
        ["files used again"] = run =>
        {
            for (var i = 0; i < 24; i++)
            {
                run.Publish(values: 4, valueBytes: 700);
                run.Acknowledge();
                if (i % 4 == 2)
                {
                    run.Flush();
                }
            }
        },
        ["a tier that lags"] = run =>
        {
            for (var i = 0; i < 14; i++)
            {
                run.Publish(values: 2, valueBytes: 4_000 + (300 * i));
                run.Acknowledge();
                if (i > 0)
                {
                    run.Flush(behind: 1);
                }
            }
        },
        ["files used again by large commits"] = run =>
        {
            for (var i = 0; i < 6; i++)
            {
                run.Publish(values: 3, valueBytes: 9_000);
                run.Step();
                run.Publish(values: 1, valueBytes: 9);
                run.Acknowledge();
                run.Publish(values: 2, valueBytes: 4_000);
                run.Step();
                if (i % 2 == 1)
                {
                    run.Flush();
                }
            }
        },
    };

    public static TheoryData<string> ScriptNames => [.. Scripts.Keys];

    [Theory]
    [MemberData(nameof(ScriptNames))]
    public void D3_WhatIsRecoveredIsAPrefixWithEverythingAcknowledged(string script)
    {
        using var run = new LogHarness(new SimulatedDisk());
        Scripts[script](run);

        var (good, bad) = PowerLossCheck.Every(run, Seeds);

        bad.Should().BeEmpty();
        good.Should().BeGreaterThan(run.Disk.Operations.Count * 4);
    }

    [Theory]
    [MemberData(nameof(ScriptNames))]
    public void D3_APowerLossDuringOpeningLosesNothingMore(string script)
    {
        using var run = new LogHarness(new SimulatedDisk());
        Scripts[script](run);
        var random = new Random(1);
        var checkedImages = 0;
        for (var operations = 0; operations <= run.Disk.Operations.Count; operations += 5)
        {
            var image = run.Disk.AfterPowerLoss(operations, PowerLoss.KeepsSome, random);
            using var again = new LogHarness(new SimulatedDisk(image), run, operations);
            again.Publish(values: 2, valueBytes: 500);
            again.Step();
            again.Publish(values: 2, valueBytes: 12_000);
            again.Acknowledge();
            var (good, bad) = PowerLossCheck.Every(again, seeds: 1, run.AcknowledgedWithin(operations));
            bad.Should().BeEmpty("the first power loss was after {0} operations", operations);
            checkedImages += good;
        }

        checkedImages.Should().BeGreaterThan(run.Disk.Operations.Count);
    }
}
