using System.Runtime.InteropServices;

namespace MvStore.Workloads.Data;

/// <summary>The rows of one commit, as bytes; used again for each commit of a thread.</summary>
public sealed class RowBatch(int capacity)
{
    private readonly byte[] _keys = new byte[capacity * KeySpace.KeyLength];
    private readonly byte[] _values = new byte[capacity * ValueDigest.ValueLength];
    private readonly ulong[] _ids = new ulong[capacity];

    public int Count { get; private set; }

    public ReadOnlySpan<byte> Key(int row) => _keys.AsSpan(row * KeySpace.KeyLength, KeySpace.KeyLength);

    public ReadOnlySpan<byte> Value(int row) => ValueOf(row);

    public ulong Id(int row) => _ids[row];

    public void Clear() => Count = 0;

    /// <summary>Adds a row with a value of fresh noise.</summary>
    public void Add(long index, ref Randomness randomness)
    {
        var id = KeySpace.IdOf(index);
        _ids[Count] = id;
        KeySpace.Write(_keys.AsSpan(Count * KeySpace.KeyLength, KeySpace.KeyLength), id);
        var value = ValueOf(Count);
        MemoryMarshal.Write(value, id);
        for (var at = ValueDigest.NoiseOffset; at < ValueDigest.SealOffset; at += sizeof(ulong))
        {
            MemoryMarshal.Write(value[at..], randomness.Next());
        }

        Count++;
    }

    /// <summary>Gives every value its version and its seal: last thing before the commit, so that versions stay nearly in order.</summary>
    public void Stamp(ulong version)
    {
        for (var row = 0; row < Count; row++)
        {
            var value = ValueOf(row);
            MemoryMarshal.Write(value[ValueDigest.VersionOffset..], version);
            MemoryMarshal.Write(value[ValueDigest.SealOffset..], ValueDigest.SealOf(_ids[row], version));
        }
    }

    private Span<byte> ValueOf(int row) => _values.AsSpan(row * ValueDigest.ValueLength, ValueDigest.ValueLength);
}
