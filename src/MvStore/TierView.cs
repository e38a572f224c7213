namespace MvStore;

/// <summary>What a read can see: entries with version at or below <paramref name="At"/> and sequence at or below <paramref name="Sequence"/>.</summary>
/// <param name="At">The highest version. Up to <see cref="CommitVersion.Latest"/>, which is more than a signed 64-bit column holds.</param>
/// <param name="Sequence">The highest publication.</param>
public readonly record struct TierView(CommitVersion At, ulong Sequence)
{
    /// <summary>Whether the view can see an entry.</summary>
    /// <param name="version">The entry's version.</param>
    /// <param name="sequence">The entry's publication.</param>
    /// <returns>True when it can.</returns>
    public bool CanSee(CommitVersion version, ulong sequence) => version <= At && sequence <= Sequence;
}
