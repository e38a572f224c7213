namespace MvStore;

/// <summary>How the persistent tier is read and reclaimed.</summary>
public sealed class PersistenceOptions
{
    /// <summary>Rows a scan fetches from the persistent tier in one call.</summary>
    /// <value>Default 1,000. 1 to 1,000,000.</value>
    public int ReadPageRows { get; set; } = 1_000;

    /// <summary>
    /// Entries a page of a scan may look at without returning a row before it ends with a continuation (contract B9): tombstones, entries
    /// that cannot be seen at the moment of the scan, and older ones of the same key.
    /// </summary>
    /// <value>Default 10,000. 1 to 100,000,000.</value>
    public int MaxSkippedPerPage { get; set; } = 10_000;

    /// <summary>Versions the persistent tier looks at in one step of reclamation.</summary>
    /// <value>Default 10,000. 1 to 10,000,000.</value>
    public int ReclaimStepVersions { get; set; } = 10_000;

    /// <summary>Entries one read of the persistent tier may look at, when nobody waits for a page.</summary>
    internal int MaxExaminedPerRead => Math.Max(ReadPageRows, MaxSkippedPerPage);

    /// <summary>A copy that later changes do not reach.</summary>
    internal PersistenceOptions Copy() => (PersistenceOptions)MemberwiseClone();
}
