namespace MvStore.Reading;

/// <summary>Remembers a key; its memory is used again for the next. Belongs to one caller.</summary>
internal struct KeyBuffer
{
    private const int LeastCapacity = 64;

    private byte[]? _bytes;
    private int _length;

    /// <summary>Whether a key was ever remembered.</summary>
    public readonly bool IsSet => _bytes is not null;

    /// <summary>The key; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>The key, until the next one is remembered.</summary>
    public readonly ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>Remembers a copy of a key.</summary>
    public void Set(ReadOnlySpan<byte> key)
    {
        if (_bytes is null || _bytes.Length < key.Length)
        {
            _bytes = new byte[Math.Max(LeastCapacity, key.Length)];
        }

        key.CopyTo(_bytes);
        _length = key.Length;
    }
}
