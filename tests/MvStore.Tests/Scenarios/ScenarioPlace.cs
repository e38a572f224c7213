namespace MvStore.Tests.Scenarios;

/// <summary>Where the data of a scenario lies. The answers are the same everywhere: that is the point.</summary>
public enum ScenarioPlace
{
    /// <summary>A store without a persistent tier. Flush, evict and reopen do nothing there.</summary>
    MemoryOnly,

    /// <summary>The in-memory tier; data moves when the script says so.</summary>
    Buffered,

    /// <summary>The in-memory tier; every commit is flushed at once and stays in memory.</summary>
    Flushed,

    /// <summary>The in-memory tier; every commit is flushed and evicted at once.</summary>
    Evicted,

    /// <summary>SQLite; data moves when the script says so.</summary>
    SqliteBuffered,

    /// <summary>SQLite; every commit is flushed and evicted at once.</summary>
    SqliteEvicted,
}
