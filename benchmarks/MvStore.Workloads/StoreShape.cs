namespace MvStore.Workloads;

/// <summary>What a workload finds when it begins.</summary>
public enum StoreShape
{
    /// <summary>Nothing: a process of its own for each run, and it opens what it needs.</summary>
    Fresh,

    /// <summary>All keys at one version each, and whatever the workloads before it wrote.</summary>
    Loaded,

    /// <summary>A tenth of the keys at ten versions each.</summary>
    Versioned,

    /// <summary>All keys at one version each, on disk and not in memory.</summary>
    Stored,
}
