namespace MvStore.Tests.Model;

/// <summary>What a run can do.</summary>
internal enum ModelOperationKind
{
    Commit,
    Get,
    Contains,
    GetMany,
    GetPrevious,
    WalkBack,
    Scan,
    BeginPages,
    NextPage,
    BeginStream,
    AdvanceStream,
    History,
    OpenSnapshot,
    CloseSnapshot,
    Flush,
    Evict,
    Reclaim,
    Reopen,
    Inspect,
    RollBack,
}
