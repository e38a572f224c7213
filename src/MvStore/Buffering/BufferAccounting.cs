using System.Collections.Concurrent;

namespace MvStore.Buffering;

/// <summary>Counts what is in memory, in all and by kind. Any thread.</summary>
internal sealed class BufferAccounting
{
    private readonly ConcurrentDictionary<EntryKind, KindCounter> _byKind = new();

    // Owner: every writer. Interlocked; readers acquire.
    private long _versions;
    private long _bytes;

    /// <summary>Versions in memory.</summary>
    public long Versions => Volatile.Read(ref _versions);

    /// <summary>Bytes in memory as accounted.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The figures of each kind that was ever in memory.</summary>
    public IReadOnlyDictionary<EntryKind, KindStatistics> ByKind => _byKind.ToDictionary(p => p.Key, p => p.Value.Current);

    /// <summary>The counter of one kind.</summary>
    public KindCounter Of(EntryKind kind) => _byKind.GetOrAdd(kind, static _ => new KindCounter());

    /// <summary>Adds to the figures, or takes away.</summary>
    public void Add(KindCounter counter, long versions, long bytes)
    {
        Interlocked.Add(ref _versions, versions);
        Interlocked.Add(ref _bytes, bytes);
        counter.Add(versions, bytes);
    }
}
