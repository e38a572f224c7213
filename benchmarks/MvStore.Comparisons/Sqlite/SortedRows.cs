using MvStore.Comparisons.Versioning;
using MvStore.Workloads.Data;

namespace MvStore.Comparisons.Sqlite;

/// <summary>The rows of one transaction in the order of the table, side by side in memory.</summary>
internal sealed class SortedRows
{
    private readonly FixedKey[] _keys;
    private readonly ulong[] _versions;
    private readonly byte[] _values;

    /// <summary>Sorts rows and copies them in their order.</summary>
    public SortedRows(Span<GatheredRow> rows)
    {
        rows.Sort();
        _keys = new FixedKey[rows.Length];
        _versions = new ulong[rows.Length];
        _values = new byte[rows.Length * ValueDigest.ValueLength];
        for (var i = 0; i < rows.Length; i++)
        {
            (_keys[i], _versions[i], var value) = rows[i];
            value.CopyTo(_values, i * ValueDigest.ValueLength);
        }
    }

    public int Count => _keys.Length;

    public void WriteKey(int row, Span<byte> key) => _keys[row].WriteTo(key);

    public ulong Version(int row) => _versions[row];

    public ReadOnlySpan<byte> Value(int row) => _values.AsSpan(row * ValueDigest.ValueLength, ValueDigest.ValueLength);
}
