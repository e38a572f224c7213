using MvStore.Workloads;
using MvStore.Workloads.Measuring;
using MvStore.Workloads.Running;
using static MvStore.Comparisons.Reporting.TargetBound;

namespace MvStore.Comparisons.Reporting;

/// <summary>What is to be reached.</summary>
internal static class TargetCatalog
{
    private const string MvStore = "mvstore";
    private const string Dictionary = "cd";
    private const string Lightning = "lmdb";
    private const string OnDisk = "mvstore-sqlite";
    private const string Sqlite = "sqlite";
    private const string RawLog = "rawlog";
    private const double NanosecondsPerMillisecond = 1e6;

    public static IReadOnlyList<Target> All { get; } =
    [
        Against("W1", Dictionary, "CD", 1.5),
        Against("W2", Dictionary, "CD", 1.8),
        Against("W3", Dictionary, "CD", 3),
        new("W3", "W3 / W2", AtLeast, 2.3, o => Rate(o, "W3") / Rate(o, "W2")),
        AgainstUnlogged("W2l"),
        AgainstUnlogged("W3l"),
        Against("W4a", Dictionary, "CD", 1.5),
        Against("W4b", Dictionary, "CD", 1.5),
        Against("W4c", Dictionary, "CD", 1.5),
        new("W4b", "W4b / W4a", AtLeast, 3, o => Rate(o, "W4b") / Rate(o, "W4a")),
        new("W4s", "copy into a span / CD", AtLeast, 1.2, o => Rate(o, "W4s") / o.Results.MedianOf("W4a", Dictionary)),
        new("W4o", "owned copy / CD", AtLeast, 1.2, o => Rate(o, "W4o") / o.Results.MedianOf("W4a", Dictionary)),
        Against("W5", Dictionary, "CD", 1.5),
        Against("W5", Lightning, "LMDB", 2),
        Against("W6", Lightning, "LMDB", 1),
        Against("W7a", Lightning, "LMDB", 1.5),
        Against("W7b", Lightning, "LMDB", 1.5),
        Against("W7c", Lightning, "LMDB", 1.5),
        AgainstBest("W7a", 6, "best other peer", Lightning),
        AgainstBest("W7b", 6, "best other peer", Lightning),
        AgainstBest("W7c", 6, "best other peer", Lightning),
        new("W7c", "reverse / forward", AtLeast, 0.8, o => Rate(o, "W7c") / Rate(o, "W7b")),
        AgainstBest("W7d", 3, "best peer"),
        new("W2t", "collected / not", AtLeast, 0.98, o => Figure(o, "W2t", Metrics.WatchedRatio)),
        new("W4at", "collected / not", AtLeast, 0.98, o => Figure(o, "W4at", Metrics.WatchedRatio)),
        new("W8", "readers beside a writer / alone", AtLeast, 0.95, o => Figure(o, "W8", Metrics.ReaderRatio)),
        new("W8", "readers' p99.9 beside a writer / alone", AtMost, 2, o => BesideAlone(o, "W8", MvStore)),
        new("W8", "writer beside readers / W2", AtLeast, 0.6, o => Figure(o, "W8", Metrics.WriterRate) / Rate(o, "W2")),
        AgainstOnDisk("W9", Sqlite, "raw SQLite", 0.8),
        AgainstOnDisk("W10a", Sqlite, "raw SQLite", 0.9),
        new("W10a4", "W10a4 / W10a", AtLeast, 3, o => DiskRate(o, "W10a4") / DiskRate(o, "W10a")),
        AgainstOnDisk("W10b", Sqlite, "raw SQLite", 0.8),
        AgainstOnDisk("W11", RawLog, "raw log", 0.8),
        AgainstOnDisk("W11x16", RawLog, "raw log", 0.6),
        AgainstOnDisk("W11x16", "rocksdb", "RocksDB", 4),
        new("W12", "reclaimed in memory, M versions/s", AtLeast, 4, o => Rate(o, "W12") / 1e6),
        new("W12", "readers' p99.9 beside reclamation / alone", AtMost, 2, o => BesideAlone(o, "W12", MvStore)),
        AgainstOnDisk("W12d", Sqlite, "raw SQLite", 0.8),
        new("W12d", "readers' p99.9 beside reclamation / alone", AtMost, 2, o => BesideAlone(o, "W12d", OnDisk)),
        new("W13", "bytes per row", AtMost, 210, o => Figure(o, "W1", Metrics.BytesPerRow)),
        new("W13", "process memory / accounted", AtMost, 1.15, o
            => Figure(o, "W1", Metrics.BytesPerRow) / Figure(o, "W1", Metrics.AccountedBytesPerRow)),
        new("W13", "longest GC pause in W1, W2, W3, ms", AtMost, 5, LongestPause),
        new("W14", "memory beside a snapshot / without", AtMost, 1.2, o => Figure(o, "W14", Metrics.MemoryRatio)),
        new("W14", "commits beside a snapshot / without", AtLeast, 0.9, o => Figure(o, "W14", Metrics.CommitRatio)),
        new("W14", "gets beside a snapshot / without", AtLeast, 0.9, o => Figure(o, "W14", Metrics.GetRatio)),
        new("W15", "open a clean store, ms", AtMost, 100, o
            => o.Results.MedianOf("W15", OnDisk, Metrics.OpenTime) / NanosecondsPerMillisecond),
        new("W15r", "rows replayed, M rows/s", AtLeast, 1, o => DiskRate(o, "W15r") / 1e6),
        new("W16", "rate kept on 10 x the rows / CD's, worst", AtLeast, 1, o => WorstGrowth(o, MvStore, Dictionary)),
        new("W16", "rate kept on 10 x the rows on disk / raw SQLite's, worst", AtLeast, 1, o => WorstGrowth(o, OnDisk, Sqlite)),
        new("W17", "longest commit, ms", AtMost, 100, o => Highest(o, "W17", Metrics.LongestCommit) / NanosecondsPerMillisecond),
        new("W17", "commits / commits in memory only", AtLeast, 0.5, o => o.Results.MedianOf("W17", OnDisk, Metrics.CommitRatio)),
        new("W17", "highest memory of rows / budget", AtMost, 1, o => Highest(o, "W17", Metrics.BudgetUse)),
    ];

    private static Target Against(string workload, string engine, string name, double limit)
        => new(workload, $"{workload} / {name}", AtLeast, limit, o => Rate(o, workload) / o.Results.MedianOf(workload, engine));

    private static Target AgainstBest(string workload, double limit, string name, params string[] excluded)
        => new(workload, $"{workload} / {name}", AtLeast, limit, o => Rate(o, workload) / o.Request.Engines
            .Where(e => e.Id != MvStore && !excluded.Contains(e.Id))
            .Max(e => o.Results.MedianOf(workload, e.Id)));

    private static Target AgainstOnDisk(string workload, string engine, string name, double limit)
        => new(workload, $"{workload} / {name}", AtLeast, limit, o => DiskRate(o, workload) / o.Results.MedianOf(workload, engine));

    private static Target AgainstUnlogged(string workload)
        => new(workload, "with a log / without", AtLeast, 0.9, o => o.Results.MedianOf(workload, "mvstore-logged") / o.Results.MedianOf(workload, "mvstore-unlogged"));

    private static double? DiskRate(RunOutcome outcome, string workload) => outcome.Results.MedianOf(workload, OnDisk);

    private static double? Highest(RunOutcome outcome, string workload, string metric) => outcome.Results.Find(workload, OnDisk, metric)?.Max;

    private static double? BesideAlone(RunOutcome outcome, string workload, string engine)
        => outcome.Results.MedianOf(workload, engine, Metrics.Beside + Metrics.Percentile999)
            / outcome.Results.MedianOf(workload, engine, Metrics.Alone + Metrics.Percentile999);

    private static double? Rate(RunOutcome outcome, string workload) => Figure(outcome, workload, Metrics.Rate);

    private static double? Figure(RunOutcome outcome, string workload, string metric)
        => outcome.Results.MedianOf(workload, MvStore, metric);

    private static double? LongestPause(RunOutcome outcome)
        => new[] { "W1", "W2", "W3" }.Max(w => outcome.Results.Find(w, MvStore, Metrics.LongestPauseMilliseconds)?.Max);

    private static double? WorstGrowth(RunOutcome outcome, string engine, string peer)
        => WorkloadCatalog.All.Min(w => Kept(outcome, w.Id, engine) / Kept(outcome, w.Id, peer));

    private static double? Kept(RunOutcome outcome, string workload, string engine)
        => outcome.Grown?.MedianOf(workload, engine) / outcome.Results.MedianOf(workload, engine);
}
