using MvStore.Contracts;

namespace MvStore;

/// <summary>
/// One row, or tombstone, of a portion of a <see cref="RowScan"/>, where it lies in memory. Good until the enumeration goes on or ends.
/// </summary>
public readonly ref struct RowView
{
    internal RowView(BufferedRow row)
    {
        Key = row.Key;
        Value = row.Value;
        Version = row.Version;
        IsTombstone = row.IsTombstone;
    }

    internal RowView(TierRow row)
    {
        Key = row.Key.Span;
        Value = row.Value.GetValueOrDefault().Span;
        Version = row.Version;
        IsTombstone = row.IsTombstone;
    }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value; empty for a tombstone, and for a value that is empty: see <see cref="IsTombstone"/>.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The version the row was <b>written</b> at, never the version that was asked for (contract B2).</summary>
    public CommitVersion Version { get; }

    /// <summary>Whether this version deletes the key. Only scans of history show such rows.</summary>
    public bool IsTombstone { get; }

    /// <summary>A copy that the caller owns; one array holds key and value.</summary>
    /// <returns>The row.</returns>
    public VersionedRow ToRow()
    {
        var bytes = GC.AllocateUninitializedArray<byte>(Key.Length + Value.Length);
        Key.CopyTo(bytes);
        Value.CopyTo(bytes.AsSpan(Key.Length));
        var value = IsTombstone ? default(ReadOnlyMemory<byte>?) : bytes.AsMemory(Key.Length);
        return new VersionedRow(bytes.AsMemory(0, Key.Length), Version, value);
    }
}
