namespace MvStore;

/// <summary>Limits of keys and values, and the size of the hot tier.</summary>
public sealed class BufferOptions
{
    /// <summary>The highest value <see cref="MaxKeyLength"/> may have: 65,535 bytes.</summary>
    public const int KeyLengthLimit = 65_535;

    /// <summary>The highest value <see cref="MaxValueLength"/> may have: 900,000,000 bytes.</summary>
    public const int ValueLengthLimit = 900_000_000;

    /// <summary>The longest key a commit accepts, in bytes.</summary>
    /// <value>Default 65,535, which is also the most. At least 1.</value>
    public int MaxKeyLength { get; set; } = KeyLengthLimit;

    /// <summary>The longest value a commit accepts, in bytes.</summary>
    /// <value>Default 268,435,456 (256 MiB). 0 to 900,000,000.</value>
    public int MaxValueLength { get; set; } = 256 * 1024 * 1024;

    /// <summary>
    /// The bytes of memory that the store keeps to: above them, durable versions are dropped from memory, those of keys first that were written least
    /// recently. What is not durable yet is never dropped; for that there is <see cref="HardLimit"/>, which follows from the budget unless it is set. What
    /// counts: keys, versions and indexes, what was taken out and is still read, commits that wait to be flushed, copies that are being written, and a
    /// sixteenth of <see cref="HardLimit"/>, 8 MiB at most, while somebody follows changes. Large values count in full.
    /// </summary>
    /// <value>
    /// Default null: a quarter of the memory that the process may use (which a container may limit), half of it without a persistent tier; at least 64 MiB, at most
    /// 16 GiB. The figure is logged when the store is opened. A host with several stores sets it. Not negative; 0 keeps only what is not durable.
    /// </value>
    public long? MemoryBudget { get; set; }

    /// <summary>
    /// The bytes of memory at which commits wait for room (contract D5), also without a persistent tier. A commit that alone needs more is refused at once
    /// with <see cref="CapacityExceededException"/>. Memory may exceed it by copies that are being written: a quarter, or a single larger commit; for the
    /// time that a commit takes, if more than 240 threads commit at once; and by the pools and pages that allocators keep at hand.
    /// </summary>
    /// <value>Default null: the budget, at least 16 MiB. At least 65,536; <see cref="long.MaxValue"/> for none.</value>
    public long? HardLimit { get; set; }

    /// <summary>
    /// The part of <see cref="HardLimit"/> above which flushing and eviction work harder: what is not durable is flushed at once
    /// (<see cref="FlushTrigger.Memory"/>), and what is leaves memory, also when the budget is higher.
    /// </summary>
    /// <value>Default 0.75. 0.1 to 1.</value>
    public double SoftLimit { get; set; } = 0.75;

    /// <summary>
    /// Whether commits are slowed above the soft limit, the more the less room is left, so that none waits long at the hard limit: all together they take a sixteenth of the room
    /// that is left in 10 milliseconds at most. Counted as <see cref="StallReason.Slowed"/>. Without effect without a persistent tier, and when <see cref="MaxStall"/> is zero.
    /// </summary>
    /// <value>Default true.</value>
    public bool SlowsCommits { get; set; } = true;

    /// <summary>
    /// How long a commit waits for room at most, before it fails with <see cref="CapacityExceededException"/>. Nothing of it is applied then.
    /// </summary>
    /// <value>Default 10 seconds. Not negative, at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for no limit; zero never waits.</value>
    public TimeSpan MaxStall { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The least that <see cref="HardLimit"/> may be: below it the indexes alone would fill it.</summary>
    internal const long LeastHardLimit = 65_536;

    /// <summary>The least that <see cref="SoftLimit"/> may be.</summary>
    internal const double LeastSoftLimit = 0.1;

    /// <summary>A copy that later changes do not reach.</summary>
    internal BufferOptions Copy() => (BufferOptions)MemberwiseClone();
}
