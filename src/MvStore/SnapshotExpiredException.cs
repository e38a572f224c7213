namespace MvStore;

/// <summary>A snapshot was read past its age limit (contract C2). It pins nothing any more; open another one.</summary>
public sealed class SnapshotExpiredException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="owner">The name of the snapshot's owner.</param>
    /// <param name="version">The version it read at.</param>
    /// <param name="openedAt">When it was opened.</param>
    /// <param name="maxAge">Its age limit.</param>
    public SnapshotExpiredException(string owner, CommitVersion version, DateTimeOffset openedAt, TimeSpan maxAge)
        : base($"The snapshot of '{owner}' at version {version}, opened at {openedAt:O}, is past its age limit of {maxAge}; open another one.")
    {
        Owner = owner;
        Version = version;
        OpenedAt = openedAt;
        MaxAge = maxAge;
    }

    /// <summary>The name of the snapshot's owner.</summary>
    public string Owner { get; }

    /// <summary>The version it read at.</summary>
    public CommitVersion Version { get; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>Its age limit.</summary>
    public TimeSpan MaxAge { get; }
}
