using static MvStore.Reliability.Scripts.ScriptWriter;

namespace MvStore.Reliability.Scripts;

/// <summary>Scripts that never change, each point of which is tried.</summary>
internal static class FixedScripts
{
    private static readonly Dictionary<string, Func<Script>> ByName = new()
    {
        [nameof(Everything)] = () => Everything,
        [nameof(Checkpoints)] = () => Checkpoints,
        [nameof(Short)] = () => Short,
        [nameof(ShortTwice)] = () => ShortTwice,
        [nameof(Shrinking)] = () => Shrinking,
    };

    /// <summary>One of them by its name, as tests give it.</summary>
    public static Script Named(string name) => ByName[name]();

    /// <summary>Everything a store does, once or twice, on the page size it has by default.</summary>
    public static Script Everything
    {
        get
        {
            var w = new ScriptWriter(1);
            return new Script("everything", new ScriptSettings { PageBytes = 16_384, CheckpointBytes = 200_000, MaxSliceBytes = 300, RetainVersions = 12 },
            [
                Durable(10, w.Set("a"), w.Set("b", 0), w.Set("o1"), w.Set("s1")),
                Durable(20, w.Set("a", 300), Remove("b"), w.Set("c")),
                Commit(30, w.Set("a"), w.Set("d", 5_000)),
                Commit(25, w.Set("b"), w.Set("c", 1)),
                Commit(31, w.Set("o1"), w.Set("o2")),
                Commit(32, w.Set("s1"), Remove("d")),
                Flush(),
                Evict(),
                Pin(),
                Durable(33, w.Set("a"), w.Set("o1"), Drop("s1")),
                Durable(29, w.Set("d"), Remove("c")),
                Reclaim(),
                Unpin(),
                Durable(40),
                Reclaim(),
                Commit(41, Drop("a"), w.Set("b"), w.Set("o1")),
                Commit(50, Remove("a"), w.Set("e", 20_000)),
                Commit(45, w.Set("a"), Drop("e")),
                Flush(),
                Evict(),
                Reclaim(),
                Reopen(),
                Durable(60, w.Set("a"), w.Set("f"), Drop("never")),
                Durable(70, w.Set("e", 10), Drop("f")),
                Reclaim(),
                Evict(),
                Commit(71, w.Set("a")),
            ]);
        }
    }

    /// <summary>Small pages, and a checkpoint after each write.</summary>
    public static Script Checkpoints
    {
        get
        {
            var w = new ScriptWriter(2);
            return new Script("checkpoints", new ScriptSettings { PageBytes = 512, CheckpointBytes = 0, MaxSliceBytes = 150, ReclaimStepVersions = 2, RetainVersions = 3 },
            [
                Durable(1, w.Set("a", 600), w.Set("b")),
                Durable(2, w.Set("a"), w.Set("c")),
                Durable(5, Remove("a"), w.Set("b")),
                Durable(4, w.Set("a", 900), Drop("c")),
                Commit(6, w.Set("a")),
                Commit(7, w.Set("b")),
                Commit(8, w.Set("c"), w.Set("o1", 100)),
                Flush(),
                Reclaim(),
                Evict(),
                Durable(9, w.Set("a")),
                Reopen(),
                Reclaim(),
                Durable(12, Remove("b"), Drop("a"), w.Set("o1")),
                Reclaim(),
                Durable(13, w.Set("b")),
            ]);
        }
    }

    /// <summary>Few steps that need every kind of write, for faults at each of their operations.</summary>
    public static Script Short
    {
        get
        {
            var w = new ScriptWriter(3);
            return new Script("short", new ScriptSettings { PageBytes = 1_024, CheckpointBytes = 3_000, MaxSliceBytes = 150, RetainVersions = 3 },
            [
                Durable(1, w.Set("a", 600), w.Set("b")),
                Commit(2, w.Set("a"), Remove("b")),
                Commit(3, w.Set("c", 200), Drop("a")),
                Flush(),
                Evict(),
                Durable(7, w.Set("a")),
                Reclaim(),
                Durable(6, w.Set("b", 700)),
                Commit(8, Drop("b")),
                Durable(9, w.Set("d", 1_500)),
                Reclaim(),
                Durable(10, Remove("d")),
            ]);
        }
    }

    /// <summary>The same with a checkpoint before each write, and opened twice.</summary>
    public static Script ShortTwice
    {
        get
        {
            var w = new ScriptWriter(4);
            return new Script("short twice", new ScriptSettings { PageBytes = 512, CheckpointBytes = 0, RetainVersions = 2, ReclaimStepVersions = 1 },
            [
                Durable(5, w.Set("a", 100), w.Set("o1")),
                Durable(9, w.Set("a"), Drop("o1")),
                Reclaim(),
                Reopen(),
                Commit(8, w.Set("b")),
                Commit(12, Remove("a")),
                Flush(),
                Evict(),
                Reclaim(),
                Durable(14, w.Set("c", 600)),
            ]);
        }
    }

    /// <summary>Most of the file becomes free, twice: it is given back at once.</summary>
    public static Script Shrinking
    {
        get
        {
            var w = new ScriptWriter(5);
            return new Script("shrinking", new ScriptSettings { PageBytes = 1_024, CheckpointBytes = 20_000, RetainVersions = 1 },
            [
                Durable(1, w.Set("a", 24_000), w.Set("b")),
                Durable(2, w.Set("a"), w.Set("c", 700)),
                Durable(5, w.Set("d")),
                Reclaim(),
                Durable(6, w.Set("b", 900), w.Set("e", 26_000)),
                Durable(7, Remove("e")),
                Durable(10, w.Set("f")),
                Reclaim(),
                Durable(11, w.Set("a", 600)),
            ]);
        }
    }
}
