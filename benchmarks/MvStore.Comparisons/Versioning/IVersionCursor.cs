namespace MvStore.Comparisons.Versioning;

/// <summary>
/// Walks all versions of all keys, forward from the newest version of the first key or in reverse. Its spans live until the next move.
/// </summary>
internal interface IVersionCursor
{
    ReadOnlySpan<byte> Key { get; }

    ulong Version { get; }

    ReadOnlySpan<byte> Value { get; }

    /// <summary>Goes to the first row, then to the next.</summary>
    bool MoveNext();
}
