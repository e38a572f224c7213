namespace MvStore.Logging;

/// <summary>
/// One file of the log, of fixed length. Written by one thread at a time. Failures are <see cref="CommitLogException"/>: of a full disk
/// <see cref="TierFailure.Transient"/>, and then the same write may be repeated; after any other nothing is known of what was written.
/// </summary>
internal abstract class LogFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads bytes, as many as fit or are there.</summary>
    /// <returns>How many.</returns>
    public abstract int Read(Span<byte> bytes, long offset);

    /// <summary>Writes bytes within the length. On disk only after <see cref="Sync"/>.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when everything written so far is on disk. After it has failed nothing is known, and it must not be called again.</summary>
    public abstract void Sync();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes it.</summary>
    protected abstract void Dispose(bool disposing);
}
