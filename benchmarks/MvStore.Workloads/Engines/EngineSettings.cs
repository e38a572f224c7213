namespace MvStore.Workloads.Engines;

/// <summary>What an engine is opened with.</summary>
/// <param name="Directory">A folder of its own: empty, unless the engine has <see cref="EngineTraits.Reopens"/> and is to open its store again.</param>
/// <param name="KeepsHistory">Whether old versions are to be kept for readers that come later.</param>
/// <param name="Duty">What for.</param>
/// <param name="MemoryBudget">The bytes of rows it may keep in memory, or null for its default.</param>
/// <param name="CollectionInterval">How often it is to let go of old versions by itself, infinite for never, or null for its default.</param>
/// <param name="LateVersions">How far below the newest version one may still be committed where history is not kept: threads that commit overtake each other.</param>
/// <param name="GarbageShare">How much of what can go it may leave on disk then, as a share of the old versions, or null for its default.</param>
public sealed record EngineSettings(
    string Directory,
    bool KeepsHistory = true,
    EngineDuty Duty = EngineDuty.Serving,
    long? MemoryBudget = null,
    TimeSpan? CollectionInterval = null,
    ulong LateVersions = 0,
    double? GarbageShare = null);
