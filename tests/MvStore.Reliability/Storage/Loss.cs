namespace MvStore.Reliability.Storage;

/// <summary>What becomes of unsynced data when a sync fails.</summary>
internal enum Loss
{
    /// <summary>It is tried again with the next sync.</summary>
    None,

    /// <summary>It is gone, and reads show what is on disk.</summary>
    Visible,

    /// <summary>It will never reach the disk, but reads go on showing it until the power fails.</summary>
    Hidden,
}
