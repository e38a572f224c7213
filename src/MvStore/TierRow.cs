namespace MvStore;

/// <summary>One entry as a persistent tier holds it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The version it was written at.</param>
/// <param name="Sequence">The publication that wrote it.</param>
/// <param name="Value">The value, or null for a tombstone. An empty value is not null.</param>
public readonly record struct TierRow(ReadOnlyMemory<byte> Key, CommitVersion Version, ulong Sequence, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Whether the entry is a deletion.</summary>
    public bool IsTombstone => Value is null;

    /// <summary>The version and the sizes; never key or value bytes (contract F8).</summary>
    /// <returns>The text.</returns>
    public override string ToString()
        => $"entry at {Version}, publication {Sequence} (key {Key.Length} bytes, {(Value is { } v ? $"value {v.Length} bytes" : "tombstone")})";
}
