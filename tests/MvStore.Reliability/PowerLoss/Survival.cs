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
}
