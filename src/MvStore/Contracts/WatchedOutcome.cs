namespace MvStore.Contracts;

/// <summary>What became of a commit that was to be made under a watch.</summary>
internal enum WatchedOutcome
{
    /// <summary>It is published.</summary>
    Published,

    /// <summary>What it depends on was touched meanwhile. Nothing was applied, and its version is not used.</summary>
    Overtaken,

    /// <summary>It would have had to wait for room, or for another late commit. Nothing was applied, and its version is not used.</summary>
    Busy,
}
