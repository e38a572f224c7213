namespace MvStore.Contracts;

/// <summary>What became of a commit that was to be made under a watch.</summary>
internal enum WatchedOutcome
{
    /// <summary>It is published.</summary>
    Published,

    /// <summary>One of its keys was touched meanwhile. Nothing was applied, and its version is not used.</summary>
    Touched,

    /// <summary>It would have had to wait for room, or for another late commit. Nothing was applied, and its version is not used.</summary>
    Busy,
}
