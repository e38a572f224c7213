using System.Runtime.CompilerServices;

namespace MvStore.Contracts;

/// <summary>
/// One key that a commit writes or drops: a view of the bytes that the caller handed over. Valid while its commit is being linked; whoever wants to keep
/// key or value copies them.
/// </summary>
internal readonly struct PreparedEntry
{
    private const int Tombstone = -1;
    private const int Drop = -2;

    private readonly byte[] _bytes;
    private readonly int _offset;
    private readonly int _keyLength;
    private readonly int _valueLength;

    /// <summary>Makes an entry.</summary>
    /// <param name="bytes">Holds the key, and the value right behind it.</param>
    /// <param name="offset">Where the key begins.</param>
    /// <param name="keyLength">Bytes of the key.</param>
    /// <param name="valueLength">Bytes of the value; of no account unless the kind is <see cref="DeltaKind.Set"/>.</param>
    /// <param name="kind">What is done.</param>
    /// <param name="hash">The key's hash.</param>
    public PreparedEntry(byte[] bytes, int offset, int keyLength, int valueLength, DeltaKind kind, ulong hash)
    {
        _bytes = bytes;
        _offset = offset;
        _keyLength = keyLength;
        _valueLength = kind switch
        {
            DeltaKind.Set => valueLength,
            DeltaKind.Drop => Drop,
            _ => Tombstone,
        };
        Hash = hash;
    }

    private PreparedEntry(byte[] bytes, int offset, PreparedEntry original)
    {
        _bytes = bytes;
        _offset = offset;
        _keyLength = original._keyLength;
        _valueLength = original._valueLength;
        Hash = original.Hash;
    }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_bytes, _offset, _keyLength);
    }

    /// <summary>The value; empty for a tombstone.</summary>
    public ReadOnlySpan<byte> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_bytes, _offset + _keyLength, Math.Max(0, _valueLength));
    }

    /// <summary>The key's hash (<see cref="KeyHash"/>).</summary>
    public ulong Hash { get; }

    /// <summary>Whether it deletes the key.</summary>
    public bool IsTombstone => _valueLength == Tombstone;

    /// <summary>Whether it drops the key, and so writes nothing. A commit keeps those apart from its entries.</summary>
    public bool IsDrop => _valueLength == Drop;

    /// <summary>Bytes of key and value.</summary>
    public int Length => _keyLength + Math.Max(0, _valueLength);

    /// <summary>The same entry over a copy of its bytes.</summary>
    /// <param name="into">Where to put the bytes.</param>
    /// <param name="offset">From where on; there is room for <see cref="Length"/> bytes.</param>
    public PreparedEntry CopyTo(byte[] into, int offset)
    {
        _bytes.AsSpan(_offset, Length).CopyTo(into.AsSpan(offset));
        return new PreparedEntry(into, offset, this);
    }
}
