using System.Globalization;
using static MvStore.Reliability.Scripts.ScriptWriter;

namespace MvStore.Reliability.Scripts;

/// <summary>Scripts of stores with a commit log, each point of which is tried.</summary>
internal static class LoggedScripts
{
    /// <summary>Everything a store does, with commits that are in the log alone, late ones and drops, and one that goes over several segments.</summary>
    public static Script Everything
    {
        get
        {
            var w = new ScriptWriter(11);
            var settings = new ScriptSettings { PageBytes = 4_096, CheckpointBytes = 30_000, MaxSliceBytes = 300, RetainVersions = 12, LogSegmentBytes = 16_384 };
            return new Script("log, everything", settings,
            [
                Durable(10, w.Set("a"), w.Set("b", 0), w.Set("o1"), w.Set("s1")),
                Commit(20, w.Set("a", 300), Remove("b"), w.Set("c")),
                ToLog(30, w.Set("a"), w.Set("d", 5_000)),
                Durable(25, w.Set("b"), w.Set("c", 1)),
                Flush(),
                Commit(31, w.Set("o1"), w.Set("o2")),
                ToLog(32, w.Set("s1"), Remove("d")),
                Evict(),
                Pin(),
                Durable(33, w.Set("a"), w.Set("o1"), Drop("s1")),
                Durable(29, w.Set("d"), Remove("c")),
                Reclaim(),
                Unpin(),
                Durable(40),
                Flush(),
                Reclaim(),
                Durable(41, Drop("a"), w.Set("b"), w.Set("o1")),
                Durable(50, Remove("a"), w.Set("e", 30_000)),
                Commit(45, w.Set("a"), Drop("e")),
                Reopen(),
                Commit(55, w.Set("b", 700)),
                ToLog(56, w.Set("c", 700)),
                Durable(57),
                Flush(),
                Evict(),
                Durable(60, w.Set("a"), w.Set("f"), Drop("never")),
                Reclaim(),
                Durable(70, w.Set("e", 10), Drop("f")),
                Commit(71, w.Set("a")),
            ]);
        }
    }

    /// <summary>Small segments that are used again and again, commits between two flushes that need several of them, and a checkpoint after each write.</summary>
    public static Script Recycling
    {
        get
        {
            var w = new ScriptWriter(12);
            var steps = new List<Step>();
            for (ulong round = 0; round < 6; round++)
            {
                var first = 10 * round;
                steps.Add(Durable(first + 1, w.Set("a", 900), w.Set(round % 2 == 0 ? "o1" : "s1", 700)));
                steps.Add(Commit(first + 3, w.Set("b", 1_200)));
                steps.Add(Durable(first + 2, w.Set("a", 800), Remove("c")));
                steps.Add(Durable(first + 5, w.Set(string.Create(CultureInfo.InvariantCulture, $"c{round}"), 2_500)));
                steps.Add(round == 3 ? Reopen() : Flush());
                steps.Add(round % 2 == 0 ? Evict() : Reclaim());
                steps.Add(Durable(first + 6, w.Set("d", 60), Drop("a")));
            }

            var settings = new ScriptSettings { PageBytes = 512, CheckpointBytes = 0, MaxSliceBytes = 4_000, RetainVersions = 15, LogSegmentBytes = 8_192 };
            return new Script("log, recycling", settings, steps);
        }
    }

    /// <summary>The same without a checkpoint, which syncs what a relaxed setting of SQLite leaves unsynced.</summary>
    public static Script RecyclingWithoutCheckpoints
        => Recycling with { Settings = Recycling.Settings with { PageBytes = 4_096, CheckpointBytes = 64 * 1024 * 1024 } };

    /// <summary>Few steps that need every kind of write of both, for faults at each of their operations.</summary>
    public static Script Short
    {
        get
        {
            var w = new ScriptWriter(13);
            return new Script("log, short", new ScriptSettings { PageBytes = 1_024, CheckpointBytes = 3_000, MaxSliceBytes = 150, RetainVersions = 3, LogSegmentBytes = 8_192 },
            [
                Durable(1, w.Set("a", 600), w.Set("b")),
                Commit(2, w.Set("a"), Remove("b")),
                Durable(3, w.Set("c", 5_000), Drop("a")),
                Flush(),
                Evict(),
                Durable(7, w.Set("a")),
                ToLog(6, w.Set("b", 700)),
                Reclaim(),
                Reopen(),
                Commit(8, Drop("b")),
                Durable(9, w.Set("d", 4_500)),
                Flush(),
                Durable(10, Remove("d")),
            ]);
        }
    }

    /// <summary>A script drawn from a seed, with a commit log: the same seed, the same script.</summary>
    public static Script From(int seed)
    {
        var script = RandomScript.From(seed);
        var random = new Random(~seed);
        var settings = script.Settings with { LogSegmentBytes = 8_192 << random.Next(3) };
        return new Script($"log, {script}", settings, [.. script.Steps.Select(step => WithLog(step, random))]);
    }

    // With a log nothing else flushes: so more commits wait for the log, and fewer steps flush.
    private static Step WithLog(Step step, Random random) => step.Kind switch
    {
        StepKind.Commit => step with { Kind = (StepKind)random.Next((int)StepKind.Commit, (int)StepKind.CommitToLog + 1) },
        StepKind.Reopen when random.Next(2) == 0 => new Step(StepKind.Flush),
        _ => step,
    };
}
