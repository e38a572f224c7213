namespace MvStore;

/// <summary>How the persistent tier is read and reclaimed.</summary>
public sealed class PersistenceOptions
{
    /// <summary>Rows a scan fetches from the persistent tier in one call.</summary>
    /// <value>Default 1,000. 1 to 1,000,000.</value>
    public int ReadPageRows { get; set; } = 1_000;

    /// <summary>
    /// Bytes of keys and values after which such a call ends, whatever rows it was asked for: the memory a scan takes does not grow with the values.
    /// </summary>
    /// <value>Default 4,194,304 (4 MiB). At least 1; a page holds one row at least.</value>
    public long ReadPageBytes { get; set; } = 4L * 1024 * 1024;

    /// <summary>
    /// The epoch to own the persistent tier's data under: a number that only grows, from whatever decides which process is the owner. One that is not
    /// above all earlier ones is refused, and a higher one ends this store's ownership where the tier allows to take over.
    /// </summary>
    /// <value>Default 0: the tier chooses the next one. At most 2^63-1.</value>
    public ulong Epoch { get; set; }

    /// <summary>
    /// How often a read, a step of reclamation, or opening is tried when the persistent tier fails transiently, the first time included; then the caller gets the
    /// failure. The pauses between are those of <see cref="FlushOptions.RetryDelay"/> and <see cref="FlushOptions.MaxRetryDelay"/>. A flush is tried without limit.
    /// </summary>
    /// <value>Default 4. 1 to 1,000.</value>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>
    /// Entries a page of a scan may look at without returning a row before it ends with a continuation (contract B9): tombstones, entries
    /// that cannot be seen at the moment of the scan, and older ones of the same key.
    /// </summary>
    /// <value>Default 10,000. 1 to 100,000,000.</value>
    public int MaxSkippedPerPage { get; set; } = 10_000;

    /// <summary>Versions the persistent tier looks at in one step of reclamation.</summary>
    /// <value>Default 10,000. 1 to 10,000,000.</value>
    public int ReclaimStepVersions { get; set; } = 10_000;

    /// <summary>
    /// The bytes of memory for a filter over the keys that the persistent tier holds, so that reads of keys that do not exist seldom have to ask it: about 12 bits for each key. It
    /// counts towards <see cref="BufferOptions.MemoryBudget"/>, and takes memory only as keys are stored. Keys that were stored before are read from the tier in the background, once, as soon as
    /// a hundred reads have asked it in vain. With more keys than fit it first errs more often and then is given up.
    /// </summary>
    /// <value>Default null: a sixteenth of <see cref="BufferOptions.HardLimit"/>, at most 1 GiB. 0 for none, at most 8 GiB.</value>
    public long? MaxKeyFilterBytes { get; set; }

    /// <summary>
    /// The bytes of memory for rows that the persistent tier was asked for more than once, so that it need not be asked again. They count towards
    /// <see cref="BufferOptions.MemoryBudget"/>, and are taken only as rows are read. What was written lately is in memory anyway; this is for keys that are read again and again, and written seldom.
    /// </summary>
    /// <value>Default null: a sixteenth of <see cref="BufferOptions.HardLimit"/>, at most 32 MiB. 0 for none, at most 8 GiB.</value>
    public long? MaxReadCacheBytes { get; set; }

    /// <summary>The highest value <see cref="MaxReadCacheBytes"/> may have.</summary>
    internal const long ReadCacheLimit = 8L * 1024 * 1024 * 1024;

    /// <summary>The highest value <see cref="MaxKeyFilterBytes"/> may have.</summary>
    internal const long KeyFilterLimit = 8L * 1024 * 1024 * 1024;

    /// <summary>Entries one read of the persistent tier may look at, when nobody waits for a page.</summary>
    internal int MaxExaminedPerRead => Math.Max(ReadPageRows, MaxSkippedPerPage);

    /// <summary>A copy that later changes do not reach.</summary>
    internal PersistenceOptions Copy() => (PersistenceOptions)MemberwiseClone();
}
