namespace MvStore;

/// <summary>
/// The commit log: an append-only file in front of the persistent tier. With it a commit is durable after one append and one shared sync, and the flusher
/// migrates at leisure. It needs a persistent tier, and a place: that of the tier (<see cref="DefaultDirectory"/>, which <c>UseSqlite</c> has), or one of the host's.
/// <para>
/// The persistent tier remembers that there is a log, from the first opening with one until the store is closed with everything flushed. Until then the store cannot
/// be opened without that log, which fails with a <see cref="CommitLogException"/>; so files that belong together stay together. To do without a log, close the store, and open it with
/// <see cref="Enabled"/> off.
/// </para>
/// </summary>
public sealed class CommitLogOptions
{
    /// <summary>Whether there is a log, if it has a place.</summary>
    /// <value>Default true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The directory of the log's files; it belongs to one store and holds nothing else. Created, for its owner only, when there is none.</summary>
    /// <value>Default null: <see cref="DefaultDirectory"/>.</value>
    public string? Directory { get; set; }

    /// <summary>
    /// The directory that the persistent tier proposes. For those who write a tier: to be set when the tier is given to the builder, which forgets what an earlier tier
    /// proposed. <c>UseSqlite</c> proposes the path of the store's file with <c>-log</c> behind it.
    /// </summary>
    /// <value>Default null: no log unless <see cref="Directory"/> is set.</value>
    public string? DefaultDirectory { get; set; }

    /// <summary>
    /// The size of one file of the log. Files are allocated whole and used again; the first one has 4 MiB, and each further new one four times as much, up to this.
    /// </summary>
    /// <value>Default 33,554,432 (32 MiB). 1 MiB to 1 GiB.</value>
    public int SegmentBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// The bytes of the log above which commits wait until the persistent tier has caught up, <see cref="BufferOptions.MaxStall"/> at most
    /// (<see cref="StallReason.Log"/>). At half of them a flush is asked for.
    /// </summary>
    /// <value>Default 1,073,741,824 (1 GiB). At least four times <see cref="SegmentBytes"/>.</value>
    public long MaxBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>
    /// Flush when the oldest commit that is in the log only is this old. Takes the place of <see cref="FlushOptions.MaxAge"/>: what is in the log is safe, and few large flushes
    /// disturb commits and reads less than many small ones.
    /// </summary>
    /// <value>Default 10 seconds. Positive, at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for never.</value>
    public TimeSpan FlushAge { get; set; } = TimeSpan.FromSeconds(10);

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

    /// <summary>The directory of the log; null when there is to be none.</summary>
    internal string? Place => Enabled ? Directory ?? DefaultDirectory : null;

    /// <summary>A copy that later changes do not reach.</summary>
    internal CommitLogOptions Copy() => (CommitLogOptions)MemberwiseClone();
}
