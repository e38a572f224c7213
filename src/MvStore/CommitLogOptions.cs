namespace MvStore;

/// <summary>
/// The commit log: an append-only file in front of the persistent tier. With it a commit is durable after one append and one shared sync, and the flusher
/// migrates at leisure. Off by default; needs a persistent tier.
/// </summary>
public sealed class CommitLogOptions
{
    /// <summary>
    /// The directory of the log's files; it belongs to one store and holds nothing else. Created, for its owner only, when there is none. To do without a log
    /// again, close the store once and then open it without a directory: a store that was not closed lacks, without its log, what only the log has.
    /// </summary>
    /// <value>Default null: no log.</value>
    public string? Directory { get; set; }

    /// <summary>Whether there is a log.</summary>
    /// <value>True when <see cref="Directory"/> is set.</value>
    public bool IsEnabled => Directory is not null;

    /// <summary>The size of one file of the log. Files are allocated whole and used again.</summary>
    /// <value>Default 33,554,432 (32 MiB). 1 MiB to 1 GiB, and fixed once the directory is in use.</value>
    public int SegmentBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// The bytes of the log above which commits wait until the persistent tier has caught up, <see cref="BufferOptions.MaxStall"/> at most
    /// (<see cref="StallReason.Log"/>). At half of them a flush is asked for.
    /// </summary>
    /// <value>Default 1,073,741,824 (1 GiB). At least four times <see cref="SegmentBytes"/>.</value>
    public long MaxBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>How long a buffered commit may wait to be written to the operating system, when nobody waits for it.</summary>
    /// <value>Default 10 milliseconds. Positive, at most 24 days.</value>
    public TimeSpan WriteDelay { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The bytes of keys and values that are written to the operating system at once, however young they are.</summary>
    /// <value>Default 1,048,576 (1 MiB). At least 1.</value>
    public int WriteBytes { get; set; } = 1024 * 1024;

    /// <summary>The least durability of every commit of this store, whatever the caller asks for.</summary>
    /// <value>Default <see cref="Durability.Buffered"/>: what the caller asks for.</value>
    public Durability MinimumDurability { get; set; } = Durability.Buffered;

    /// <summary>What opening does when the log lacks what was durable.</summary>
    /// <value>Default <see cref="CommitLogDamage.Refuse"/>.</value>
    public CommitLogDamage OnDamage { get; set; } = CommitLogDamage.Refuse;

    /// <summary>Is told how far replaying has come, from the thread that opens the store. Exceptions it throws end the opening.</summary>
    /// <value>Default null.</value>
    public IProgress<CommitLogProgress>? Progress { get; set; }

    /// <summary>A copy that later changes do not reach.</summary>
    internal CommitLogOptions Copy() => (CommitLogOptions)MemberwiseClone();
}
