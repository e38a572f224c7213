namespace MvStore.Tests.Logging;

/// <summary>What a power failure does to sectors that were written and not synced.</summary>
internal enum PowerLoss
{
    KeepsNone,
    KeepsAll,

    /// <summary>Each sector has the old content or any that was written since.</summary>
    KeepsSome,

    /// <summary>Each sector begins with new content and ends with old.</summary>
    Tears,
}
