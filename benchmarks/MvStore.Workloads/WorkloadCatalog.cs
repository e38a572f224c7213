using MvStore.Workloads.Engines;

namespace MvStore.Workloads;

/// <summary>All workloads, in the order they run: reads of a store come before what writes to it.</summary>
public static class WorkloadCatalog
{
    public static IReadOnlyList<Workload> All { get; } =
    [
        new LoadWorkload(),
        new GetWorkload("W4a", "point get at latest, 1 thread", threads: 1),
        new GetWorkload("W4b", "point get at latest, 4 threads", threads: 4),
        new GetWorkload("W4c", "point get of an absent key, 1 thread", threads: 1, isAbsent: true),
        new OwnedGetWorkload(),
        new CopiedGetWorkload(),
        new RangeWorkload(),
        new FullScanWorkload("W7b", "full scan forward", StoreShape.Loaded),
        new FullScanWorkload("W7c", "full scan in reverse", StoreShape.Loaded, isReverse: true),
        new CommitWorkload("W2", "commits of 4 sets on existing keys, 1 thread", threads: 1),
        new CommitWorkload("W3", "commits of 4 sets on existing keys, 4 threads", threads: 4),
        new CommitWorkload("W2l", "W2 with or without a commit log, nothing flushed", threads: 1, EngineTraits.LoggedOrNot),
        new CommitWorkload("W3l", "W3 with or without a commit log, nothing flushed", threads: 4, EngineTraits.LoggedOrNot),
        new WatchedWorkload("W2t", "W2 while all measurements and activities are collected", "commits", threads: 1, Commits, Collected),
        new WatchedWorkload("W4at", "W4a while all measurements and activities are collected", "gets", threads: 1, Gets, Collected),
        new WatchedWorkload("W2f", "W2 while a consumer of the change feed reads along", "commits", threads: 1, Commits, Followed),
        new WatchedWorkload("W3f", "W3 while a consumer of the change feed reads along", "commits", threads: 4, Commits, Followed),
        new ReadersBesideWriterWorkload(),
        new ReadersBesideInsertersWorkload(),
        new SnapshotGetWorkload(),
        new FullScanWorkload("W7d", "full scan at an old snapshot, 10 versions a key", StoreShape.Versioned),
        new WalkWorkload(),
        new StepWorkload(),
        new OpenSnapshotWorkload(),
        new CollectionWorkload(),
        new BacklogWorkload(),
        new MigrationWorkload(),
        new GetWorkload(
            "W10a", "point get from disk, 1 thread", threads: 1, shape: StoreShape.Stored, tier: EngineTraits.StoredReads),
        new GetWorkload(
            "W10a4", "point get from disk, 4 threads", threads: 4, shape: StoreShape.Stored, tier: EngineTraits.StoredReads),
        new GetWorkload(
            "W10a16", "point get from disk, 16 threads", threads: 16, shape: StoreShape.Stored, tier: EngineTraits.StoredReads),
        new GetWorkload(
            "W10a64", "point get from disk, 64 threads", threads: 64, shape: StoreShape.Stored, tier: EngineTraits.StoredReads),
        new FullScanWorkload("W10b", "full scan from disk", StoreShape.Stored, tier: EngineTraits.StoredReads),
        new DurableCommitWorkload("W11", "durable commits of 4 sets, 1 committer", committers: 1),
        new DurableCommitWorkload("W11x16", "durable commits of 4 sets, 16 committers", committers: 16),
        new ReclamationWorkload("W12", "reclaim 9 of 10 versions a key in memory, 3 readers running", EngineTraits.ReclaimsMemory),
        new ReclamationWorkload("W12d", "reclaim 9 of 10 versions a key on disk, 3 readers running", EngineTraits.ReclaimsDisk),
        new SparseReclamationWorkload(),
        new HeldHistoryWorkload(),
        new OpenWorkload(),
        new ReplayWorkload(),
        new EnduranceWorkload(),
    ];

    /// <summary>What also names a workload: its figures come out of that one.</summary>
    public static IReadOnlyDictionary<string, string> Aliases { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["W13"] = "W1",
    };

    /// <summary>The workloads whose cost on ten times the rows is compared as W16.</summary>
    public static bool IsInGrowth(Workload workload) => workload.Shape switch
    {
        StoreShape.Loaded or StoreShape.Versioned
            => workload.Id is not ("W8" or "W8i" or "W2l" or "W3l" or "W4o" or "W4s" or "W6p") && workload is not WatchedWorkload,
        StoreShape.Stored => true,
        _ => workload.Id is "W1" or "W9" or "W12d",
    };

    public static bool Runs(Workload workload, EngineDescriptor engine) => engine.Unavailable is null && workload.RunsOn(engine);

    private static CommitBody Commits(PreparedStore store, ulong seed) => new CommitBody(store, seed);

    private static GetBody Gets(PreparedStore store, ulong seed) => new GetBody(store, isAbsent: false, seed);

    private static IDisposable Collected(IWatchedEngine engine) => engine.Collect();

    private static IDisposable Followed(IWatchedEngine engine) => engine.Follow();
}
