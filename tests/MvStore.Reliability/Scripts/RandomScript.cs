using System.Globalization;

namespace MvStore.Reliability.Scripts;

/// <summary>A script drawn from a seed: the same seed, the same script.</summary>
internal static class RandomScript
{
    public static Script From(int seed)
    {
        var random = new Random(seed);
        var settings = new ScriptSettings
        {
            PageBytes = 512 << random.Next(6),
            CheckpointBytes = random.Next(4) switch { 0 => 0, 1 => 10_000, 2 => 100_000, _ => 64 * 1024 * 1024 },
            MaxSliceBytes = random.Next(3) switch { 0 => 1, 1 => 300, _ => 100_000 },
            ReclaimStepVersions = random.Next(3) switch { 0 => 1, 1 => 5, _ => 10_000 },
            RetainVersions = random.Next(4) == 0 ? null : (ulong)random.Next(1, 30),
        };
        var steps = new List<Step>();
        var used = new HashSet<ulong>();
        var highest = 0UL;
        var reclaimedAt = 0UL;
        var count = random.Next(15, 40);
        while (steps.Count < count)
        {
            var choice = random.Next(100);
            steps.Add(choice switch
            {
                < 60 => NextCommit(random, used, ref highest, reclaimedAt, choice < 30 ? StepKind.CommitDurably : StepKind.Commit),
                < 70 => new Step(StepKind.Flush),
                < 78 => new Step(StepKind.Evict),
                < 88 => new Step(StepKind.Reclaim),
                < 92 => new Step(StepKind.Pin),
                < 95 => new Step(StepKind.Unpin),
                _ => new Step(StepKind.Reopen),
            });
            if (steps[^1].Kind == StepKind.Reclaim)
            {
                // No floor is above it.
                reclaimedAt = highest;
            }
        }

        return new Script(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"), settings, steps);
    }

    /// <summary>What is done when a store is opened again after a crash: nothing, or a little, with another limit of the log.</summary>
    public static Script Recovery(Script crashed, int variant)
    {
        const ulong AboveAll = 1_000_000;
        var w = new ScriptWriter(variant);
        var settings = crashed.Settings with { CheckpointBytes = variant % 2 == 0 ? 0 : crashed.Settings.CheckpointBytes };
        IReadOnlyList<Step> steps = (variant % 3) switch
        {
            0 => [],
            1 => [ScriptWriter.Durable(AboveAll, w.Set("a1"), ScriptWriter.Remove("o1")), ScriptWriter.Reclaim()],
            _ => [ScriptWriter.Reclaim(), ScriptWriter.Commit(AboveAll, w.Set("new", 2_000))],
        };
        return new Script($"recovery {variant} of {crashed}", settings, steps);
    }

    private static Step NextCommit(Random random, HashSet<ulong> used, ref ulong highest, ulong above, StepKind kind)
    {
        var version = highest + (ulong)random.Next(1, 6);
        if (random.Next(4) == 0 && highest > above + 1)
        {
            var late = above + 1 + (ulong)random.NextInt64((long)(highest - above));
            version = used.Contains(late) ? version : late;
        }

        used.Add(version);
        highest = Math.Max(highest, version);
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = random.Next(5); i > 0; i--)
        {
            keys.Add(string.Create(CultureInfo.InvariantCulture, $"{"aaos"[random.Next(4)]}{random.Next(4)}"));
        }

        return new Step(kind, version, [.. keys.Select(key => NextDelta(random, key))]);
    }

    private static Delta NextDelta(Random random, string key)
    {
        var kind = random.Next(8) switch { 0 or 1 => DeltaKind.Remove, 2 => DeltaKind.Drop, _ => DeltaKind.Set };
        var value = new byte[kind == DeltaKind.Set ? random.Next(6) switch { 0 => 0, 1 => random.Next(3_000), _ => random.Next(100) } : 0];
        random.NextBytes(value);
        return new Delta(kind, System.Text.Encoding.UTF8.GetBytes(key), value);
    }
}
