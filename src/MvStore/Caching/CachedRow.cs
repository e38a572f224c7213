using System.Runtime.CompilerServices;

namespace MvStore.Caching;

/// <summary>A row in the cache. Nothing but the mark of use changes.</summary>
internal sealed class CachedRow
{
    // What the runtime and the table take for a row besides its bytes: two objects with their headers, the fields, a place with its tag.
    private const int Overhead = 112;

    private readonly byte[] _bytes;
    private readonly int _keyLength;

    // Any thread; plain: one mark more or less costs nothing but a guess.
    private bool _wasUsed;

    /// <summary>Copies a row that is no tombstone.</summary>
    public CachedRow(ulong hash, in TierRow row)
    {
        Hash = hash;
        Version = row.Version;
        Sequence = row.Sequence;
        _bytes = [.. row.Key.Span, .. row.Value!.Value.Span];
        _keyLength = row.Key.Length;
    }

    /// <summary>The hash of its key.</summary>
    public ulong Hash { get; }

    /// <summary>The version it was written at.</summary>
    public CommitVersion Version { get; }

    /// <summary>The publication that wrote it.</summary>
    public ulong Sequence { get; }

    /// <summary>What it takes.</summary>
    public long Size => SizeOf(_bytes.Length);

    /// <summary>What a row with so many bytes of key and value takes.</summary>
    public static long SizeOf(long bytes) => bytes + Overhead;

    /// <summary>Whether it is the row of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsOf(ReadOnlySpan<byte> key, ulong hash) => Hash == hash && _bytes.AsSpan(0, _keyLength).SequenceEqual(key);

    /// <summary>Takes note that it was used. Seldom writes.</summary>
    public void Use()
    {
        if (!_wasUsed)
        {
            _wasUsed = true;
        }
    }

    /// <summary>Whether it was used since this was asked last.</summary>
    public bool TakeUse()
    {
        var wasUsed = _wasUsed;
        _wasUsed = false;
        return wasUsed;
    }

    /// <summary>A copy whose memory is the caller's.</summary>
    public TierRow ToRow()
    {
        var copy = _bytes.AsSpan().ToArray();
        return new TierRow(copy.AsMemory(0, _keyLength), Version, Sequence, copy.AsMemory(_keyLength));
    }
}
