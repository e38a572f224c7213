namespace MvStore.Sqlite;

/// <summary>What a verification checked and found.</summary>
/// <param name="Rows">Rows of all tables that were checked.</param>
/// <param name="DurableSequence">The durable mark of the store; 0 when it cannot be read.</param>
/// <param name="HighestVersion">The highest commit version of the store; 0 when it cannot be read.</param>
/// <param name="FindingCount">How many things are wrong.</param>
/// <param name="Findings">The first <see cref="MaxFindings"/> of them.</param>
/// <param name="IsStructureChecked">
/// Whether SQLite's own check of the file's structure ran to its end. It does not on an open store whose log grew too long meanwhile; then
/// verify again at a quieter time, or verify a backup.
/// </param>
/// <param name="AreEntriesCounted">
/// Whether the entries were counted and compared with what the store says it has, by which rows are missed that are gone without a trace. They are
/// unless the store was written to meanwhile.
/// </param>
public sealed record VerificationReport(
    long Rows,
    ulong DurableSequence,
    CommitVersion HighestVersion,
    long FindingCount,
    IReadOnlyList<VerificationFinding> Findings,
    bool IsStructureChecked,
    bool AreEntriesCounted)
{
    /// <summary>How many findings a report keeps; the others are counted.</summary>
    public const int MaxFindings = 100;

    /// <summary>
    /// Whether the store cannot be opened without its commit log, as acknowledged commits may be in that alone: it is in use, or was not closed. What this verification
    /// says is then not all there is to say: see <see cref="CommitLogInspection.Verify"/>.
    /// </summary>
    /// <value>Default false.</value>
    public bool NeedsCommitLog { get; init; }

    /// <summary>Whether nothing was found.</summary>
    public bool IsSound => FindingCount == 0;
}
