namespace MvStore;

/// <summary>What <see cref="RetentionRule"/> says of one entry, and why.</summary>
/// <param name="Reason">Why it stays, or that it may go.</param>
/// <param name="Pins">How many different pins see it, whatever the reason.</param>
/// <param name="Pin">One of these pins; null if there is none.</param>
public readonly record struct RetentionVerdict(RetentionReason Reason, int Pins, Pin? Pin)
{
    /// <summary>Whether it may go.</summary>
    public bool IsReclaimable => Reason == RetentionReason.Reclaimable;
}
