namespace MvStore.Reliability.Storage;

/// <summary>What SQLite, and the commit log, may ask of a file system. Faults are counted for each of them by itself.</summary>
internal enum OperationKind
{
    Open,
    Read,
    Write,
    Truncate,
    Sync,
    Size,
    Delete,
    Access,
    Lock,
    MapSharedMemory,
    LockSharedMemory,
    LogList,
    LogOpen,
    LogCreate,
    LogDelete,
    LogRead,
    LogWrite,
    LogSync,
}
