namespace MvStore;

/// <summary>A commit was refused because one of its keys already has an entry at its version (contract A4). Nothing was applied.</summary>
public sealed class DuplicateVersionException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="key">The key. Kept out of the message (F8).</param>
    /// <param name="version">The version that exists already.</param>
    public DuplicateVersionException(ReadOnlyMemory<byte> key, CommitVersion version)
        : base($"Version {version} of a key of {key.Length} bytes exists already; a version is never written twice. Commit at a version of its own.")
    {
        Key = key;
        Version = version;
    }

    /// <summary>The key that has the version already.</summary>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>The version.</summary>
    public CommitVersion Version { get; }
}
