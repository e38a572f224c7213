namespace MvStore.Contracts;

/// <summary>Walks the keys of a frozen set. Belongs to one caller.</summary>
internal interface IBufferCursor
{
    /// <summary>The key it stands on.</summary>
    ReadOnlyMemory<byte> Key { get; }

    /// <summary>Goes to the next key.</summary>
    /// <returns>False at the end.</returns>
    bool MoveNext();

    /// <summary>The best entry in memory of the key it stands on.</summary>
    BufferedRead Read(TierView view);

    /// <summary>Appends visible entries in memory of the key it stands on, newest first.</summary>
    /// <param name="view">What can be seen.</param>
    /// <param name="most">The most entries to append, at least 1.</param>
    /// <param name="into">Where to append them.</param>
    /// <returns>Whether there were no more.</returns>
    bool ReadHistory(TierView view, int most, List<TierRow> into);
}
