namespace MvStore.Reading;

/// <summary>A commit put together from history.</summary>
/// <param name="Sequence">Its place in the order of publications.</param>
/// <param name="Version">Its version.</param>
internal sealed record ScannedCommit(ulong Sequence, CommitVersion Version)
{
    /// <summary>Its entries, in key order.</summary>
    public List<TierRow> Rows { get; } = [];

    /// <summary>About how much memory they take.</summary>
    public long Bytes { get; set; }
}
