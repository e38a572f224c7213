namespace MvStore;

/// <summary>A rollback that was made; see <see cref="IMultiVersionRollback.RollBackAsync"/>.</summary>
/// <param name="Commit">Its commit.</param>
/// <param name="Totals">What that did.</param>
/// <param name="Attempts">How often the states were compared: more than once if commits to the range began meanwhile.</param>
public sealed record RollbackReceipt(CommitReceipt Commit, RollbackTotals Totals, int Attempts);
