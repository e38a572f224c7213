namespace MvStore;

/// <summary>What one run of reclamation did.</summary>
/// <param name="Floor">The floor of <see cref="EntryKind.Multi"/> after the run.</param>
/// <param name="Pins">How many open snapshots and running scans were honoured.</param>
/// <param name="ScannedVersions">How many versions were looked at, in both tiers.</param>
/// <param name="ReclaimedVersions">How many versions were removed, in both tiers.</param>
/// <param name="ReclaimedBytes">Bytes of keys and values removed, in both tiers.</param>
public readonly record struct ReclamationReport(
    CommitVersion Floor,
    int Pins,
    long ScannedVersions,
    long ReclaimedVersions,
    long ReclaimedBytes)
{
    /// <summary>How many keys were removed because their time to live was over (<see cref="Retention.TimeToLive"/>), by commits behind everything that was reclaimed.</summary>
    public long ExpiredKeys { get; init; }
}
