namespace MvStore;

/// <summary>When a commit returns (contract A10). Chosen per commit.</summary>
public enum Durability
{
    /// <summary>Once every delta is visible to readers. The default. A crash may lose it until the next flush.</summary>
    Buffered,

    /// <summary>Once it is visible and on disk, synced. Concurrent durable commits share one sync.</summary>
    Durable,
}
