namespace MvStore;

/// <summary>One bounded step of reclamation in a persistent tier.</summary>
/// <param name="Rule">Which entries stay.</param>
/// <param name="After">Keys at or below this one were done in earlier steps; null at the beginning of a run.</param>
/// <param name="MaxVersions">How many entries to look at before stopping at the next key boundary, at least 1.</param>
public sealed record TierReclaimStep(RetentionRule Rule, ReadOnlyMemory<byte>? After, int MaxVersions)
{
    /// <summary>The only keys to look at, distinct and ascending; null for every key. Some may have no entry, and may count as one all the same.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Keys { get; init; }

    /// <summary>
    /// How much may stay that the rule lets go, as a share of the entries that the run would have to look at: at the beginning of a run over every key a tier that knows, without looking, that no more
    /// than that can go may put the run off (<see cref="TierReclaimed.IsPutOff"/>). A tier that does not know ignores it.
    /// </summary>
    /// <value>Default 0: everything is to go. 0 to 1.</value>
    public double GarbageShare { get; init; }
}
