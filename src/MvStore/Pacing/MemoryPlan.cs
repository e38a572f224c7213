namespace MvStore.Pacing;

/// <summary>How much memory a store may take, worked out once from its options and from what the process may use.</summary>
/// <param name="Budget">Above it, what is durable leaves memory.</param>
/// <param name="Soft">Above it, what is not durable is flushed at once.</param>
/// <param name="Hard">At it, commits wait.</param>
/// <param name="Origin">Where the budget comes from, for the log.</param>
internal sealed record MemoryPlan(long Budget, long Soft, long Hard, string Origin)
{
    /// <summary>The least budget that is worked out.</summary>
    public const long LeastBudget = 64L * 1024 * 1024;

    /// <summary>The highest budget that is worked out.</summary>
    public const long MostBudget = 16L * 1024 * 1024 * 1024;

    /// <summary>The least hard limit that follows from a budget: one of a few bytes would admit nothing.</summary>
    public const long LeastHardLimit = 16L * 1024 * 1024;

    /// <summary>Works it out.</summary>
    /// <param name="options">The options.</param>
    /// <param name="isPersistent">Whether there is a persistent tier. Without one everything has to fit.</param>
    /// <param name="availableBytes">What the process may use.</param>
    public static MemoryPlan Of(BufferOptions options, bool isPersistent, long availableBytes)
    {
        var (divisor, share) = isPersistent ? (4, "a quarter") : (2, "half");
        var budget = options.MemoryBudget ?? Math.Clamp(availableBytes / divisor, LeastBudget, MostBudget);
        var origin = options.MemoryBudget is null
            ? $"{share} of the {availableBytes} bytes that this process may use, at least {LeastBudget}, at most {MostBudget}"
            : "as configured";
        var hard = options.HardLimit ?? Math.Max(budget, LeastHardLimit);
        var soft = (long)Math.Min(hard * options.SoftLimit, hard);
        return new MemoryPlan(Math.Min(budget, soft), soft, hard, origin);
    }
}
