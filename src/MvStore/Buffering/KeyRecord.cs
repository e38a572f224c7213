namespace MvStore.Buffering;

/// <summary>A key and its chain. Writers hold the record's monitor; readers take no lock.</summary>
internal sealed class KeyRecord(byte[] key, KindCounter counter) : IKeyed
{
    // What a record costs beside its key: the object, the chain, its array, the key's array header, its place in the index.
    private const int Overhead = 176;

    // Owner: whoever holds the monitor. Release store, acquire load.
    private VersionChain _chain = VersionChain.Empty;

    /// <summary>The key. Never written after construction.</summary>
    public byte[] Key { get; } = key;

    /// <summary>The figures of the key's kind.</summary>
    public KindCounter Counter { get; } = counter;

    /// <summary>The chain of this moment.</summary>
    public VersionChain Chain
    {
        get => Volatile.Read(ref _chain);
        set => Volatile.Write(ref _chain, value);
    }

    /// <summary>Whether it has left the index for good. Owner: whoever holds the monitor; read under it too.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>What the record counts for in the memory budget, without its versions: nothing before its first version.</summary>
    public long AccountedBytes { get; private set; }

    /// <summary>Begins to count the record. Under the monitor.</summary>
    /// <returns>The bytes to add: none when it counts already.</returns>
    public long AccountOnce()
    {
        if (AccountedBytes != 0)
        {
            return 0;
        }

        AccountedBytes = Overhead + Key.Length;
        return AccountedBytes;
    }
}
