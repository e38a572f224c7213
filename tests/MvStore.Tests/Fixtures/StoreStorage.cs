namespace MvStore.Tests.Fixtures;

/// <summary>What is behind a store's memory.</summary>
public enum StoreStorage
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The in-memory tier of the conformance kit.</summary>
    InMemory,

    /// <summary>SQLite in a directory of its own.</summary>
    Sqlite,

    /// <summary>The same, with a commit log in front of it.</summary>
    LoggedSqlite,

    /// <summary>A remote store over a network that loses, delays and refuses requests. Needs a clock that passes by itself, and retries without end.</summary>
    Remote,
}
