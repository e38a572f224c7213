using Microsoft.Extensions.Logging.Abstractions;
using MvStore.Logging;

namespace MvStore.Tests.Logging;

/// <summary>Checks what a log recovers from a disk after the power failed: a prefix of the publications, with everything acknowledged in it.</summary>
internal static class PowerLossCheck
{
    /// <summary>Every operation of a run, and some images at each.</summary>
    /// <param name="run">The run.</param>
    /// <param name="seeds">How many random images of each kind.</param>
    /// <param name="acknowledgedBefore">What was acknowledged before the run.</param>
    /// <returns>How many images were good, and a line for each that was not.</returns>
    public static (int Good, List<string> Bad) Every(LogHarness run, int seeds, ulong acknowledgedBefore = 0)
    {
        var good = 0;
        List<string> bad = [];
        for (var operations = 0; operations <= run.Disk.Operations.Count; operations++)
        {
            foreach (var kind in Enum.GetValues<PowerLoss>())
            {
                for (var seed = 0; seed < (kind is PowerLoss.KeepsSome or PowerLoss.Tears ? seeds : 1); seed++)
                {
                    var image = run.Disk.AfterPowerLoss(operations, kind, new Random((operations * 1_000) + seed));
                    var acknowledged = Math.Max(acknowledgedBefore, run.AcknowledgedWithin(operations));
                    if (Problem(image, run.TierWithin(operations), run.Published, acknowledged) is { } problem)
                    {
                        bad.Add($"after {operations} operations, {kind}, seed {seed}: {problem}");
                    }
                    else
                    {
                        good++;
                    }
                }
            }
        }

        return (good, bad);
    }

    /// <summary>What is wrong with what is recovered from an image; null when nothing is.</summary>
    public static string? Problem(Dictionary<string, byte[]> image, TierState tier, IReadOnlyList<string> published, ulong acknowledged)
    {
        try
        {
            using var directory = new SimulatedDisk(image).Open();
            using var recovery = LogRecovery.Open(directory, tier, CommitLogDamage.Refuse, NullLogger.Instance);
            var end = Math.Max(tier.DurableSequence, recovery.Content.End.Sequence);
            if (end < acknowledged)
            {
                return $"acknowledged up to {acknowledged}, recovered up to {end}";
            }

            var recovered = LogReader.Read(recovery.Content, tier.DurableSequence).Select(LogText.Of).ToArray();
            var expected = published.Skip((int)tier.DurableSequence).Take((int)(end - tier.DurableSequence));
            return recovered.SequenceEqual(expected) ? null : $"not a prefix: {recovered.Length} commits up to {end}";
        }
        catch (MvStoreException e)
        {
            return e.Message;
        }
    }
}
