namespace MvStore.Contracts;

/// <summary>What a pin was opened with besides its view. Immutable but for the limit.</summary>
internal sealed record PinTerms
{
    /// <summary>Nothing in particular.</summary>
    public static PinTerms None { get; } = new();

    /// <summary>When it ends by itself; null for never.</summary>
    public AgeLimit? Limit { get; init; }

    /// <summary>The only keys it protects and may read; null for all.</summary>
    public KeyRange? Scope { get; init; }

    /// <summary>The bytes that it may keep alone; null for any number.</summary>
    public long? BudgetBytes { get; init; }

    /// <summary>What happens when it keeps more.</summary>
    public SnapshotBudgetPolicy OverBudget { get; init; }

    /// <summary>Where it was opened; null if nobody said.</summary>
    public string? CallSite { get; init; }

    /// <summary>Of a lease, when it ends; its pin stays until that was written down (I29). Null for what is no lease.</summary>
    public AgeLimit? Lease { get; init; }
}
