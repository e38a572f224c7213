using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>What a run of reclamation would go by if it began now (I25).</summary>
/// <param name="Rule">The rule, with the floors that the run would raise and the pins it would honour.</param>
/// <param name="Pins">Those pins, each with its holder.</param>
/// <param name="IsDue">Whether the run would look at anything.</param>
internal sealed record ReclamationOutlook(RetentionRule Rule, IReadOnlyList<OpenPin> Pins, bool IsDue);
