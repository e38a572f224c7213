namespace MvStore;

/// <summary>A lease: a named claim to a view of the store that outlives the process; see <see cref="IMultiVersionLeases"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">The version it sees.</param>
/// <param name="Sequence">The last publication it sees.</param>
/// <param name="OpenedAt">When it was opened, or moved to this version.</param>
/// <param name="ExpiresAt">When it ends if it is not renewed.</param>
public sealed record LeaseInfo(string Name, CommitVersion Version, ulong Sequence, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>The only keys it protects; null for all.</summary>
    public KeyRange? Scope { get; init; }
}
