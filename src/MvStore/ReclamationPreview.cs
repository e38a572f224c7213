namespace MvStore;

/// <summary>What a run of reclamation would do (contract E7), found without changing anything.</summary>
/// <param name="Report">
/// What the run would report. If nothing happens in between, the next run raises the floor to the same version, honours as many pins and removes exactly as
/// many versions and bytes; and as many keys expire, if removing them need not wait. The verdicts are those from before they do. Only <see cref="ReclamationReport.ScannedVersions"/> may differ: a preview looks at everything, a run need not; both are 0 when
/// the run would have nothing to look at.
/// </param>
/// <param name="InMemory">The versions in memory by verdict. Has every reason that there is.</param>
/// <param name="Stored">The versions in the persistent tier by verdict. Has every reason that there is.</param>
/// <param name="Pins">What is in the way: open snapshots and running scans, oldest version first, each with its <see cref="SnapshotInfo.Cost"/>.</param>
public sealed record ReclamationPreview(
    ReclamationReport Report,
    IReadOnlyDictionary<RetentionReason, VersionTotals> InMemory,
    IReadOnlyDictionary<RetentionReason, VersionTotals> Stored,
    IReadOnlyList<SnapshotInfo> Pins);
