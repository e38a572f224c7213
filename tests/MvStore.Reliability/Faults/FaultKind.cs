using MvStore.Reliability.Storage;

namespace MvStore.Reliability.Faults;

/// <summary>A way in which an operation fails.</summary>
internal sealed record FaultKind(string Name, OperationKind Operation, int Code, Loss Loss = Loss.None)
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("write", OperationKind.Write, ResultCode.Write),
        new("full", OperationKind.Write, ResultCode.Full),
        new("fsync", OperationKind.Sync, ResultCode.Sync),
        new("read", OperationKind.Read, ResultCode.Read),
        new("truncate", OperationKind.Truncate, ResultCode.Truncate),
        new("open", OperationKind.Open, ResultCode.CannotOpen),
        new("delete", OperationKind.Delete, ResultCode.Delete),
        new("access", OperationKind.Access, ResultCode.Access),
        new("size", OperationKind.Size, ResultCode.Size),
        new("busy", OperationKind.Lock, ResultCode.Busy),
        new("lock", OperationKind.Lock, ResultCode.Lock),
        new("shm map", OperationKind.MapSharedMemory, ResultCode.MapSharedMemory),
        new("shm lock", OperationKind.LockSharedMemory, ResultCode.LockSharedMemory),
        new("shm busy", OperationKind.LockSharedMemory, ResultCode.Busy),
        new("log write", OperationKind.LogWrite, ResultCode.Write),
        new("log full", OperationKind.LogWrite, ResultCode.Full),
        new("log sync", OperationKind.LogSync, ResultCode.Sync),
        new("log sync, unsynced lost", OperationKind.LogSync, ResultCode.Sync, Loss.Visible),
        new("log sync, unsynced lost unseen", OperationKind.LogSync, ResultCode.Sync, Loss.Hidden),
        new("log read", OperationKind.LogRead, ResultCode.Read),
        new("log open", OperationKind.LogOpen, ResultCode.CannotOpen),
        new("log create", OperationKind.LogCreate, ResultCode.Write),
        new("log create full", OperationKind.LogCreate, ResultCode.Full),
        new("log delete", OperationKind.LogDelete, ResultCode.Delete),
        new("log list", OperationKind.LogList, ResultCode.Read),
    ];

    public override string ToString() => Name;
}
