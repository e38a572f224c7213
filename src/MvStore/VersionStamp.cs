namespace MvStore;

/// <summary>The identity of one entry of a key, as a <see cref="RetentionRule"/> sees it.</summary>
/// <param name="Version">The version it was written at.</param>
/// <param name="Sequence">The publication that wrote it.</param>
public readonly record struct VersionStamp(CommitVersion Version, ulong Sequence)
{
    /// <summary>Whether it deletes the key. Default false, with which a deletion stays for ever.</summary>
    public bool IsTombstone { get; init; }
}
