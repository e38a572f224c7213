namespace MvStore.Reading;

/// <summary>A key that was found in memory, and its best visible entry there, if it has one.</summary>
internal readonly record struct GatheredKey
{
    /// <summary>A key with an entry.</summary>
    public GatheredKey(TierRow entry)
    {
        Key = entry.Key;
        Entry = entry;
    }

    /// <summary>A key without one.</summary>
    public GatheredKey(byte[] key) => Key = key;

    /// <summary>The key.</summary>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>The entry.</summary>
    public TierRow? Entry { get; }
}
