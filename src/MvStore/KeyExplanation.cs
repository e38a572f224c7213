namespace MvStore;

/// <summary>Why each version of a key is kept, or that it may go (contract E7).</summary>
/// <param name="Kind">The kind of the key.</param>
/// <param name="Floor">The floor of the key that a run of reclamation would go by now: as high as it would raise it.</param>
/// <param name="Versions">Every version of the key in either tier, newest first; empty when there is none.</param>
public sealed record KeyExplanation(EntryKind Kind, CommitVersion Floor, IReadOnlyList<VersionExplanation> Versions);
