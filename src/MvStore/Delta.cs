namespace MvStore;

/// <summary>One change of one key, as held by a <see cref="WriteBatch"/> and as handed to an <see cref="ICommitListener"/>.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Key">The key. Never changes after the delta was made.</param>
/// <param name="Value">
/// The new value of a <see cref="DeltaKind.Set"/>, the pre-image of an <see cref="DeltaKind.Unset"/>, empty otherwise.
/// </param>
public readonly record struct Delta(DeltaKind Kind, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>The kind and the sizes; never key or value bytes (contract F8).</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{Kind} (key {Key.Length} bytes, value {Value.Length} bytes)";
}
