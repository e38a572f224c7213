namespace MvStore.Contracts;

/// <summary>
/// Which keys the persistent tier may hold, seen from readers that would otherwise have to ask it. Any thread; takes no lock, never waits, allocates nothing.
/// </summary>
internal interface IStoredKeys
{
    /// <summary>
    /// Whether the tier may hold an entry of a key that memory does not have. To be asked <b>after</b> memory was read (I30). No is certain; yes is not.
    /// </summary>
    /// <param name="hash">The <see cref="KeyHash"/> of the key.</param>
    bool MayHold(ulong hash);

    /// <summary>To be told of each key that the tier was asked for and did not have: enough of them make it worth while to look which keys there are.</summary>
    void NoteAbsent();
}
