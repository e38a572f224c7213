namespace MvStore.Reliability.Tiers;

/// <summary>One write to a tier, seen from outside.</summary>
/// <param name="Begin">The position of the disk when it began.</param>
/// <param name="Result">What the tier holds if it succeeds.</param>
internal sealed record TierWrite(int Begin, TierContent Result)
{
    /// <summary>The position of the disk when it returned; null when it did not, or failed.</summary>
    public int? End { get; set; }
}
