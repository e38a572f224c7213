namespace MvStore;

/// <summary>When a commit returns (contract A10). Chosen per commit.</summary>
public enum Durability
{
    /// <summary>Once every delta is visible to readers. The default. A crash may lose it until it is in the commit log or the persistent tier.</summary>
    Buffered,

    /// <summary>
    /// Once it is visible and written to the commit log: it outlives the process, not a power failure. Without a commit log the same as
    /// <see cref="Durable"/>.
    /// </summary>
    Logged,

    /// <summary>Once it is visible and on disk, synced. Concurrent durable commits share one sync.</summary>
    Durable,
}
