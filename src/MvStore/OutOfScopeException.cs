namespace MvStore;

/// <summary>A snapshot was asked for keys outside the range it was opened for. It does not protect them, so it cannot answer.</summary>
public sealed class OutOfScopeException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="owner">The name of the snapshot's owner.</param>
    /// <param name="scope">The range it was opened for.</param>
    public OutOfScopeException(string owner, KeyRange scope)
        : base($"The snapshot of '{owner}' was opened for a range of keys, {scope}, and can read no others. Read within it, or open a snapshot for more.")
    {
        Owner = owner;
        Scope = scope;
    }

    /// <summary>The name of the snapshot's owner.</summary>
    public string Owner { get; }

    /// <summary>The range it was opened for.</summary>
    public KeyRange Scope { get; }
}
