namespace MvStore;

/// <summary>What the store holds.</summary>
public sealed record StoreStatistics
{
    /// <summary>Keys with at least one version in memory.</summary>
    public required long BufferedKeys { get; init; }

    /// <summary>Versions in memory, durable ones included.</summary>
    public required long BufferedVersions { get; init; }

    /// <summary>Bytes of memory that rows, chains and indexes take, as the allocator rounds them.</summary>
    public required long BufferedBytes { get; init; }

    /// <summary>Bytes of memory that count against the limits: all of the hot tier, what waits to be flushed, and what makes reads faster (<see cref="ChangeFeedBytes"/> among it).</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Bytes of memory that recent commits are kept in for those who follow changes (<see cref="IMultiVersionChanges.ReadChangesAsync"/>); 0 while nobody does.</summary>
    public required long ChangeFeedBytes { get; init; }

    /// <summary>The bytes of memory that the store keeps to; see <see cref="BufferOptions.MemoryBudget"/>.</summary>
    public required long MemoryBudget { get; init; }

    /// <summary>The bytes of memory at which commits wait; see <see cref="BufferOptions.HardLimit"/>.</summary>
    public required long MemoryLimit { get; init; }

    /// <summary>How often and how long commits had to wait since the store was opened, by reason (contract D5). Has every reason that there is.</summary>
    public required IReadOnlyDictionary<StallReason, StallStatistics> Stalls { get; init; }

    /// <summary>Published commits that are not in the persistent tier yet.</summary>
    public required int UnflushedCommits { get; init; }

    /// <summary>Bytes of keys and values of commits that are not in the persistent tier yet.</summary>
    public required long UnflushedBytes { get; init; }

    /// <summary>How long ago the oldest commit was published that is not in the persistent tier yet; zero when there is none.</summary>
    public required TimeSpan OldestUnflushedAge { get; init; }

    /// <summary>The sequence of the newest publication.</summary>
    public required ulong PublishedSequence { get; init; }

    /// <summary>The sequence up to which publications are on disk: in the commit log or in the persistent tier.</summary>
    public required ulong DurableSequence { get; init; }

    /// <summary>The sequence up to which publications are in the commit log, synced or not; 0 without a log.</summary>
    public required ulong LoggedSequence { get; init; }

    /// <summary>The sequence up to which publications are in the persistent tier.</summary>
    public required ulong FlushedSequence { get; init; }

    /// <summary>Bytes of the commit log that the persistent tier does not make up for yet; 0 without a log.</summary>
    public required long LogBytes { get; init; }

    /// <summary>Snapshots open now.</summary>
    public required int OpenSnapshots { get; init; }

    /// <summary>The first failure after which the store stopped for writing (contract D4); null as long as it goes on.</summary>
    public required Exception? Failure { get; init; }

    /// <summary>Versions and bytes in memory by kind of key.</summary>
    public required IReadOnlyDictionary<EntryKind, KindStatistics> ByKind { get; init; }
}
