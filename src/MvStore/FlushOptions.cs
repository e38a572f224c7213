namespace MvStore;

/// <summary>When data moves to the persistent tier, and in what portions (contract D2, D4, D9).</summary>
public sealed class FlushOptions
{
    /// <summary>Flush when this many bytes of keys and values are not durable yet.</summary>
    /// <value>Default 33,554,432 (32 MiB). At least 1.</value>
    public long MaxBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>
    /// Flush when this many deltas are not durable yet. Large slices, sorted by key, are what a tier takes fastest: SQLite took 1.7 times as many random
    /// keys a second in slices of 250,000 as of 100,000.
    /// </summary>
    /// <value>Default 250,000. At least 1.</value>
    public int MaxEntries { get; set; } = 250_000;

    /// <summary>Flush when the oldest commit that is not durable yet is this old. With a commit log, <see cref="CommitLogOptions.FlushAge"/> takes its place.</summary>
    /// <value>Default 1 second. Positive, at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for never.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most bytes of keys and values one transaction of the persistent tier takes; no more than a quarter of <see cref="BufferOptions.HardLimit"/>, whatever is set. A slice always holds whole commits, so a
    /// single larger commit is written alone. While one slice is written the next one is copied, if that quarter has room for both.
    /// </summary>
    /// <value>Default 67,108,864 (64 MiB). At least 1.</value>
    public long MaxSliceBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>The wait before the second attempt after a transient failure; doubled for each further one.</summary>
    /// <value>Default 50 milliseconds. Positive, at most 24 days.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait between two attempts.</summary>
    /// <value>Default 5 seconds. At least <see cref="RetryDelay"/>, at most 24 days.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long disposing the store may spend flushing before it gives up with <see cref="FlushTimeoutException"/>.</summary>
    /// <value>Default 30 seconds. Positive, at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</value>
    public TimeSpan DisposeTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>A copy that later changes do not reach.</summary>
    internal FlushOptions Copy() => (FlushOptions)MemberwiseClone();
}
