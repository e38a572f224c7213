using System.Runtime.CompilerServices;
using MvStore.Unmanaged;

namespace MvStore.Contracts;

/// <summary>
/// What the buffer knows of a key for a view: the best visible entry in memory, if there is one. It points into unmanaged memory: valid inside the epoch
/// in which it was read, or while something else keeps the entry.
/// </summary>
internal readonly unsafe struct BufferedRow
{
    private readonly byte* _key;
    private readonly NativeEntry* _entry;
    private readonly int _keyLength;

    /// <summary>Makes a row.</summary>
    /// <param name="key">The key's bytes in unmanaged memory.</param>
    /// <param name="keyLength">How many.</param>
    /// <param name="entry">The entry, or null.</param>
    public BufferedRow(byte* key, int keyLength, NativeEntry* entry)
    {
        _key = key;
        _keyLength = keyLength;
        _entry = entry;
    }

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Key => new(_key, _keyLength);

    /// <summary>Whether there is an entry. The members below may be asked only if there is.</summary>
    public bool HasEntry => _entry != null;

    /// <summary>Whether there is an entry, and nothing in the persistent tier can beat it (I6).</summary>
    public bool IsFinal => _entry != null && _entry->IsFinal;

    /// <summary>Whether the entry, which is there, is final and no tombstone.</summary>
    public bool IsFinalRow => _entry->IsFinalRow;

    /// <summary>The version it was written at.</summary>
    public CommitVersion Version => _entry->Version;

    /// <summary>The publication that wrote it.</summary>
    public ulong Sequence => _entry->Sequence;

    /// <summary>Whether it deletes the key.</summary>
    public bool IsTombstone => _entry->IsTombstone;

    /// <summary>The value; empty for a tombstone.</summary>
    public ReadOnlySpan<byte> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => NativeEntry.ValueOf(_entry);
    }

    /// <summary>Has the processor fetch the key, for who will look at it soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FetchKey() => CacheLine.Prefetch(_key);

    /// <summary>Has the processor fetch the key, and the entry with the beginning of its value, for who will copy the row soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch()
    {
        CacheLine.Prefetch(_key);
        CacheLine.Prefetch(_entry);
        CacheLine.Prefetch((byte*)_entry + CacheLine.Size);
        CacheLine.Prefetch((byte*)_entry + (2 * CacheLine.Size));
    }

    /// <summary>A copy of a row, not a tombstone, that its reader owns; one array holds key and value.</summary>
    public VersionedRow ToVersionedRow()
    {
        var key = Key;
        var value = Value;
        var bytes = GC.AllocateUninitializedArray<byte>(key.Length + value.Length);
        key.CopyTo(bytes);
        value.CopyTo(bytes.AsSpan(key.Length));
        return new VersionedRow(new ReadOnlyMemory<byte>(bytes, 0, key.Length), Version, new ReadOnlyMemory<byte>(bytes, key.Length, value.Length));
    }

    /// <summary>A copy in the shape of the persistent tier; one array holds key and value.</summary>
    public TierRow ToRow()
    {
        var bytes = GC.AllocateUninitializedArray<byte>(_keyLength + _entry->ValueLength);
        Key.CopyTo(bytes);
        Value.CopyTo(bytes.AsSpan(_keyLength));
        var value = IsTombstone ? default(ReadOnlyMemory<byte>?) : bytes.AsMemory(_keyLength);
        return new TierRow(bytes.AsMemory(0, _keyLength), Version, Sequence, value);
    }
}
