namespace MvStore.Committing;

/// <summary>
/// A commit was refused because others began, since its watch was set, that touched what it was worked out from (I60). Nothing was applied. Never leaves the engine: who works it out does so again.
/// </summary>
internal sealed class CommitOvertakenException()
    : MvStoreException("Other commits began meanwhile that could change what this one was worked out from. Nothing was applied.");
