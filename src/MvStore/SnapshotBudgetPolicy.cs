namespace MvStore;

/// <summary>What happens when a snapshot alone keeps more than its budget (contract C2).</summary>
public enum SnapshotBudgetPolicy
{
    /// <summary>It is logged, once for each snapshot.</summary>
    Warn,

    /// <summary>
    /// It is logged from three quarters of the budget on; above the budget the snapshot ends: its reads fail with <see cref="SnapshotRevokedException"/>, and it keeps nothing
    /// any more.
    /// </summary>
    Revoke,
}
