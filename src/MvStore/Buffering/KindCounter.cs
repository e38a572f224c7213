namespace MvStore.Buffering;

/// <summary>Versions and bytes in memory of one kind of keys. Any thread; interlocked.</summary>
internal sealed class KindCounter
{
    // Owner: every writer. Interlocked; readers acquire.
    private long _versions;
    private long _bytes;

    /// <summary>The figures now.</summary>
    public KindStatistics Current => new(Volatile.Read(ref _versions), Volatile.Read(ref _bytes));

    /// <summary>Adds to the figures, or takes away.</summary>
    public void Add(long versions, long bytes)
    {
        Interlocked.Add(ref _versions, versions);
        Interlocked.Add(ref _bytes, bytes);
    }
}
