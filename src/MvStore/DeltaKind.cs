namespace MvStore;

/// <summary>What one delta of a <see cref="WriteBatch"/> does to its key (contract A1).</summary>
public enum DeltaKind
{
    /// <summary>Gives the key a value.</summary>
    Set,

    /// <summary>Deletes the key and hands the value it had to commit listeners.</summary>
    Unset,

    /// <summary>Deletes the key silently.</summary>
    Remove,

    /// <summary>Changes nothing visible; allows every version but the newest to be reclaimed.</summary>
    Drop,
}
