namespace MvStore;

/// <summary>
/// Tells the <see cref="EntryKind"/> of a key. Called from any thread, also while commits are in progress: it must be pure, fast,
/// must not throw, and must give the same answer for the same key for the life of the store's files.
/// </summary>
public interface IKeyClassifier
{
    /// <summary>The kind of a key.</summary>
    /// <param name="key">The key. Not to be kept.</param>
    /// <returns>The kind.</returns>
    EntryKind Classify(ReadOnlySpan<byte> key);

    /// <summary>
    /// Whether a range can hold keys of a kind. A range read is bound by the highest floor among the kinds it can hold (contract B10).
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="kind">The kind.</param>
    /// <returns>True when it can, or when that is not known. Default: true.</returns>
    bool CanHold(KeyRange range, EntryKind kind) => true;
}
