namespace MvStore.Tool.Storing;

/// <summary>Keys of one kind, counted over all history that is kept.</summary>
/// <param name="kind">What they are: by the layout of an import, or all keys of another store.</param>
internal sealed class KeyTotals(string kind)
{
    /// <summary>What they are.</summary>
    public string Kind { get; } = kind;

    /// <summary>Keys that have a version.</summary>
    public long Keys { get; private set; }

    /// <summary>Keys that are there in the newest version.</summary>
    public long KeysNow { get; private set; }

    /// <summary>Versions, deletions included.</summary>
    public long Versions { get; private set; }

    /// <summary>Versions that delete their key.</summary>
    public long Deletions { get; private set; }

    /// <summary>Bytes of keys and values, the key once for each version.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the values of the newest version.</summary>
    public long ValueBytesNow { get; private set; }

    /// <summary>Counts a version.</summary>
    /// <param name="row">The version.</param>
    /// <param name="isNewest">Whether it is the newest of its key.</param>
    public void Add(VersionedRow row, bool isNewest)
    {
        Versions++;
        Deletions += row.IsTombstone ? 1 : 0;
        Bytes += row.Key.Length + row.Value.Length;
        if (isNewest)
        {
            Keys++;
            KeysNow += row.IsTombstone ? 0 : 1;
            ValueBytesNow += row.Value.Length;
        }
    }
}
