using System.Runtime.CompilerServices;

namespace MvStore.Committing;

/// <summary>Where a recent commit lies in the ring, and what it is. Copied whole by readers, who look afterwards whether it was overwritten meanwhile.</summary>
/// <param name="start">Where its part of the ring begins.</param>
/// <param name="length">Bytes of its part.</param>
/// <param name="entries">How many entries are in it.</param>
/// <param name="sequence">Its place in the order of publications.</param>
/// <param name="version">Its version.</param>
/// <param name="previous">Whoever has dealt with everything up to here misses nothing if he goes on with this commit.</param>
internal struct ChangePlace(long start, int length, int entries, ulong sequence, CommitVersion version, ulong previous)
{
    /// <summary>Its place in the order of publications. A field, because readers load it by itself.</summary>
    public ulong Sequence = sequence;

    /// <summary>Bytes that one takes.</summary>
    public static int Size => Unsafe.SizeOf<ChangePlace>();

    /// <summary>Where its part of the ring begins.</summary>
    public long Start { get; } = start;

    /// <summary>Bytes of its part.</summary>
    public int Length { get; } = length;

    /// <summary>How many entries are in it.</summary>
    public int Entries { get; } = entries;

    /// <summary>Its version.</summary>
    public CommitVersion Version { get; } = version;

    /// <summary>Whoever has dealt with everything up to here misses nothing if he goes on with this commit.</summary>
    public ulong Previous { get; } = previous;
}
