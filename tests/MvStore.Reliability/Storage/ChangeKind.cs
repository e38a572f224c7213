namespace MvStore.Reliability.Storage;

/// <summary>What happened to a directory and its files, as far as a power cut can tell.</summary>
internal enum ChangeKind
{
    /// <summary>A file appeared under a name.</summary>
    Create,

    /// <summary>A file got another name.</summary>
    Rename,

    Write,

    /// <summary>A file got another length.</summary>
    Truncate,

    /// <summary>A name went away.</summary>
    Delete,

    /// <summary>All of a file so far reached the disk.</summary>
    Sync,

    /// <summary>All names so far reached the disk.</summary>
    SyncDirectory,

    /// <summary>A sync failed, and the kernel dropped what it had not written.</summary>
    LoseUnsynced,

    /// <summary>The same, and reads do not show it.</summary>
    LoseUnsyncedUnseen,
}
