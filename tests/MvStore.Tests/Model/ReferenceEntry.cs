namespace MvStore.Tests.Model;

/// <summary>One entry of the full history: what a commit wrote for one key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The version the caller chose.</param>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Value">The value, or null for a tombstone.</param>
internal sealed record ReferenceEntry(byte[] Key, ulong Version, ulong Sequence, byte[]? Value)
{
    public bool IsTombstone => Value is null;

    public VersionedRow Row => new(Key, Version, Value is null ? (ReadOnlyMemory<byte>?)null : Value);
}
