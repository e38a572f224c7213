namespace MvStore;

/// <summary>
/// One version of one key. Owned by the caller: it stays valid and unchanged for as long as it is referenced, also after the store
/// is disposed. Safe from any thread.
/// </summary>
public readonly struct VersionedRow : IEquatable<VersionedRow>
{
    /// <summary>Makes a row.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">The version the row was written at.</param>
    /// <param name="value">The value, or null for a tombstone.</param>
    public VersionedRow(ReadOnlyMemory<byte> key, CommitVersion version, ReadOnlyMemory<byte>? value)
    {
        Key = key;
        Version = version;
        Value = value.GetValueOrDefault();
        IsTombstone = value is null;
    }

    /// <summary>The key.</summary>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>The version this row was <b>written</b> at, never the version that was asked for (contract B2).</summary>
    public CommitVersion Version { get; }

    /// <summary>The value; empty for a tombstone, and for a value that is empty: see <see cref="IsTombstone"/>.</summary>
    public ReadOnlyMemory<byte> Value { get; }

    /// <summary>Whether this version deletes the key. Only history reads return such rows.</summary>
    public bool IsTombstone { get; }

    /// <summary>Whether two rows are equal, bytes included.</summary>
    /// <param name="left">One row.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(VersionedRow left, VersionedRow right) => left.Equals(right);

    /// <summary>Whether two rows differ.</summary>
    /// <param name="left">One row.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(VersionedRow left, VersionedRow right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(VersionedRow other)
        => Version == other.Version
            && IsTombstone == other.IsTombstone
            && Key.Span.SequenceEqual(other.Key.Span)
            && Value.Span.SequenceEqual(other.Value.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is VersionedRow other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Version);
        hash.AddBytes(Key.Span);
        return hash.ToHashCode();
    }

    /// <summary>The version and the sizes; never key or value bytes (contract F8).</summary>
    /// <returns>The text.</returns>
    public override string ToString()
        => IsTombstone
            ? $"tombstone at {Version} (key {Key.Length} bytes)"
            : $"row at {Version} (key {Key.Length} bytes, value {Value.Length} bytes)";
}
