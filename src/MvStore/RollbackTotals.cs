namespace MvStore;

/// <summary>What the commit of a rollback does.</summary>
/// <param name="SetKeys">How many keys get a value again.</param>
/// <param name="RemovedKeys">How many keys are removed.</param>
/// <param name="Bytes">Bytes of keys and values that are written.</param>
public readonly record struct RollbackTotals(long SetKeys, long RemovedKeys, long Bytes);
