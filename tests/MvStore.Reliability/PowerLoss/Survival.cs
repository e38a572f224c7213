namespace MvStore.Reliability.PowerLoss;

/// <summary>What of the unsynced changes a power cut leaves.</summary>
internal enum Survival
{
    None,
    All,

    /// <summary>The first ones, the last of them torn.</summary>
    Prefix,

    /// <summary>Any of them, some torn.</summary>
    Subset,

    /// <summary>All of the commit log, nothing of the tier beside it.</summary>
    LogAlone,

    /// <summary>All of the tier, nothing of the commit log before it.</summary>
    TierAlone,
}
