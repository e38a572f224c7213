namespace MvStore;

/// <summary>What a commit did to one key.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The new value; null for a deletion, or when values were not asked for.</param>
/// <param name="OldValue">
/// The value that the key had at the commit's version just before the commit was published; null when it had none, or when old values were not asked for. For a late commit that is what
/// was there below its version.
/// </param>
public readonly record struct KeyChange(KeyChangeKind Kind, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value, ReadOnlyMemory<byte>? OldValue)
{
    /// <summary>The kind and the sizes; never key or value bytes (contract F8).</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Kind} (key {Key.Length} bytes, value {Value?.Length ?? 0} bytes, old value {OldValue?.Length ?? 0} bytes)";
}
