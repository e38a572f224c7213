namespace MvStore;

/// <summary>What keeps the versions a snapshot or a running scan needs (contract E1).</summary>
/// <param name="At">The version it reads at.</param>
/// <param name="Sequence">The last publication it can see.</param>
public readonly record struct Pin(CommitVersion At, ulong Sequence)
{
    /// <summary>The only keys it protects; null for all.</summary>
    /// <value>Default null.</value>
    public KeyRange? Scope { get; init; }
}
