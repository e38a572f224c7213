namespace MvStore;

/// <summary>Every setting of a store, by stage. Read once, when the store opens; later changes have no effect.</summary>
public sealed class MvStoreOptions
{
    /// <summary>The name of the store in logs and lists.</summary>
    /// <value>Default <c>mvstore</c>. Not empty.</value>
    public string Name { get; set; } = "mvstore";

    /// <summary>Limits of keys and values, and the size of the hot tier.</summary>
    public BufferOptions Buffer { get; private init; } = new();

    /// <summary>When data moves to the persistent tier.</summary>
    public FlushOptions Flush { get; private init; } = new();

    /// <summary>How much history is kept.</summary>
    public GarbageCollectionOptions GarbageCollection { get; private init; } = new();

    /// <summary>How the persistent tier is read and written.</summary>
    public PersistenceOptions Persistence { get; private init; } = new();

    /// <summary>The log in front of the persistent tier.</summary>
    public CommitLogOptions CommitLog { get; private init; } = new();

    /// <summary>A copy that later changes do not reach.</summary>
    internal MvStoreOptions Copy() => new()
    {
        Name = Name,
        Buffer = Buffer.Copy(),
        Flush = Flush.Copy(),
        GarbageCollection = GarbageCollection.Copy(),
        Persistence = Persistence.Copy(),
        CommitLog = CommitLog.Copy(),
    };
}
