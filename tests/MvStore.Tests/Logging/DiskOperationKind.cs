namespace MvStore.Tests.Logging;

/// <summary>What is done to a disk.</summary>
internal enum DiskOperationKind
{
    Create,
    Write,
    Sync,

    /// <summary>A sync that failed; the system forgot what it had not written, and goes on showing it.</summary>
    FailedSync,
    Delete,
}
