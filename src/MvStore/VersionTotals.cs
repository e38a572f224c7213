namespace MvStore;

/// <summary>How many versions there are of something, and how large they are.</summary>
/// <param name="Versions">Versions of keys.</param>
/// <param name="Bytes">Bytes of their keys and values; the key counts once for each version.</param>
public readonly record struct VersionTotals(long Versions, long Bytes)
{
    /// <summary>One version more.</summary>
    internal VersionTotals Plus(long bytes) => new(Versions + 1, Bytes + bytes);
}
