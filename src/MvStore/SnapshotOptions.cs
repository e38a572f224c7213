using System.Runtime.CompilerServices;

namespace MvStore;

/// <summary>How a snapshot is opened (contract C2). Immutable and safe from any thread.</summary>
public sealed record SnapshotOptions
{
    /// <summary>Makes options, and remembers where.</summary>
    /// <param name="file">The source file of the caller; filled in by the compiler. Only its name is kept.</param>
    /// <param name="line">The line of the caller; filled in by the compiler.</param>
    public SnapshotOptions([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        => CallSite = string.IsNullOrEmpty(file) ? null : $"{file[(file.LastIndexOfAny(['/', '\\']) + 1)..]}:{line}";

    /// <summary>A name for whoever holds it, shown in lists and logs.</summary>
    /// <value>Default <c>unnamed</c>. Not empty.</value>
    public string Owner { get; init; } = "unnamed";

    /// <summary>After how long from its opening it ends by itself: its reads then fail with <see cref="SnapshotExpiredException"/>, and it keeps nothing.</summary>
    /// <value>Default null: never. Positive.</value>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The only keys it protects. Reads of others fail with <see cref="OutOfScopeException"/>.</summary>
    /// <value>Default null: all keys.</value>
    public KeyRange? Scope { get; init; }

    /// <summary>
    /// How many bytes it alone may keep in both tiers together; what others see too does not count. Looked at when reclamation has run, at most for a tenth of the
    /// time, because it means looking at every version.
    /// </summary>
    /// <value>Default null: any number. Not negative.</value>
    public long? BudgetBytes { get; init; }

    /// <summary>What happens when it keeps more than <see cref="BudgetBytes"/>.</summary>
    /// <value>Default <see cref="SnapshotBudgetPolicy.Warn"/>.</value>
    public SnapshotBudgetPolicy OverBudget { get; init; }

    /// <summary>Where it was opened, shown in lists.</summary>
    /// <value>Default: file and line where these options were made.</value>
    public string? CallSite { get; init; }

    /// <summary>Whether the whole stack of the call that opens it is shown instead of <see cref="CallSite"/>. Costs tens of microseconds.</summary>
    /// <value>Default false.</value>
    public bool CapturesStack { get; init; }

    /// <summary>Demands that a snapshot can be opened so.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the parameter is its name.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Owner);
        RequireAge(MaxAge, nameof(MaxAge));
        if (BudgetBytes < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(BudgetBytes), BudgetBytes, "A budget is a number of bytes that is not negative, or null for any number.");
        }

        if (!Enum.IsDefined(OverBudget))
        {
            throw new ArgumentOutOfRangeException(nameof(OverBudget), OverBudget, $"What happens over the budget is one of {string.Join(", ", Enum.GetNames<SnapshotBudgetPolicy>())}.");
        }
    }

    /// <summary>Demands that an age limit is one.</summary>
    internal static void RequireAge(TimeSpan? maxAge, string parameter)
    {
        if (maxAge <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(parameter, maxAge, "An age limit is a positive time, or null for none.");
        }
    }
}
