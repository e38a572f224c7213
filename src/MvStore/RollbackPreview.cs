namespace MvStore;

/// <summary>What a rollback would do; see <see cref="IMultiVersionRollback.PreviewRollbackAsync"/>.</summary>
/// <param name="Totals">What its commit would do.</param>
/// <param name="ExceededLimit">The limit of one commit that it would be over, so that it would be refused; null if it is within all.</param>
public sealed record RollbackPreview(RollbackTotals Totals, string? ExceededLimit);
