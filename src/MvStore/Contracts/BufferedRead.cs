namespace MvStore.Contracts;

/// <summary>What the buffer knows of a key for a view.</summary>
/// <param name="Entry">The best visible entry in memory, or null.</param>
/// <param name="IsFinal">Whether nothing in the persistent tier can beat it (I6).</param>
internal readonly record struct BufferedRead(VersionEntry? Entry, bool IsFinal);
