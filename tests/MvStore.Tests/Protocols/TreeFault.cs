namespace MvStore.Tests.Protocols;

/// <summary>What may be wrong with the record tree's protocol.</summary>
public enum TreeFault
{
    None,

    /// <summary>The count is published before the slot is written.</summary>
    CountBeforeSlot,

    /// <summary>A leaf is published before its records are in it.</summary>
    SwingBeforeFilling,

    /// <summary>A replaced leaf is unlocked instead of frozen.</summary>
    Unfreeze,

    /// <summary>A writer takes a frozen leaf for its own.</summary>
    AppendToFrozen,

    /// <summary>A leaf is retired before the store that takes it out of the tree.</summary>
    RetireBeforeUnlink,

    /// <summary>A record is retired when it is marked, before it is taken out.</summary>
    RetireMarkedRecord,

    /// <summary>The trimmer takes out the record of the key, whichever that is by then.</summary>
    RemoveByKey,

    /// <summary>A writer swings a slot without the structure lock.</summary>
    SwingWithoutStructureLock,

    /// <summary>A leaf is merged with a neighbour whose lock nobody took.</summary>
    MergeWithoutNeighbour,

    /// <summary>A reader captures its view after it loaded the root.</summary>
    ViewAfterRoot,

    /// <summary>A cursor looks for the next leaf under the parent of today.</summary>
    NextFromNewParent,

    /// <summary>A suspended cursor goes on in the leaf it was in.</summary>
    KeepLeafWhileSuspended,
}
