namespace MvStore.Contracts;

/// <summary>One version of one key in memory. Unchanging once its commit has begun.</summary>
internal sealed class VersionEntry(ulong version, ReadOnlyMemory<byte>? value, byte[]? row = null)
{
    // What an entry costs beside its value: the object, its array slot, the value's array header.
    private const int Overhead = 88;

    /// <summary>The version it was written at.</summary>
    public ulong Version { get; } = version;

    /// <summary>The publication that wrote it. Owner: the committer, between begin and link; published to readers by the chain.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>The value, or null for a tombstone.</summary>
    public ReadOnlyMemory<byte>? Value { get; } = value;

    /// <summary>Keeps alive what the commit's <see cref="BufferedRow"/> points into, if it has one.</summary>
    public byte[]? Row { get; } = row;

    /// <summary>Bytes of the value.</summary>
    public int ValueLength => Value.GetValueOrDefault().Length;

    /// <summary>What the entry counts for in the memory budget.</summary>
    public long AccountedBytes => Overhead + ValueLength;

    /// <summary>Gives the entry its place in the order of publications, once.</summary>
    public void Stamp(ulong sequence) => Sequence = sequence;

    /// <summary>The entry in the shape of the persistent tier.</summary>
    public TierRow ToRow(ReadOnlyMemory<byte> key) => new(key, Version, Sequence, Value);
}
