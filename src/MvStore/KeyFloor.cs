namespace MvStore;

/// <summary>A key and a version: the floor the key has of its own, or the one that a drop asks for it (contract A1).</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The lowest version at which a new read of the key may start.</param>
public readonly record struct KeyFloor(ReadOnlyMemory<byte> Key, CommitVersion Version)
{
    /// <summary>The version and the size of the key; never key bytes (contract F8).</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"floor {Version} (key {Key.Length} bytes)";
}
