namespace MvStore.Contracts;

internal readonly ref struct PreparedEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isTombstone, ulong hash)
{
    public ReadOnlySpan<byte> Key { get; } = key;
    public ReadOnlySpan<byte> Value { get; } = value;
    public bool IsTombstone { get; } = isTombstone;
    public ulong Hash { get; } = hash;
}
