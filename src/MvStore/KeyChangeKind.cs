namespace MvStore;

/// <summary>What a commit did to a key.</summary>
public enum KeyChangeKind
{
    /// <summary>It has a new value.</summary>
    Set,

    /// <summary>It was deleted: <see cref="WriteBatch"/> tells two ways to do so apart, a reader and a change feed do not.</summary>
    Remove,
}
