namespace MvStore;

/// <summary>A snapshot was read after it had been ended because it alone kept more than its budget (contract C2). Open another one.</summary>
public sealed class SnapshotRevokedException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="owner">The name of the snapshot's owner.</param>
    /// <param name="version">The version it read at.</param>
    /// <param name="budgetBytes">Its budget.</param>
    /// <param name="heldBytes">What it alone kept when it was ended.</param>
    public SnapshotRevokedException(string owner, CommitVersion version, long budgetBytes, long heldBytes)
        : base($"The snapshot of '{owner}' at version {version} alone kept {heldBytes} bytes, more than its budget of {budgetBytes}, and was ended; open another one.")
    {
        Owner = owner;
        Version = version;
        BudgetBytes = budgetBytes;
        HeldBytes = heldBytes;
    }

    /// <summary>The name of the snapshot's owner.</summary>
    public string Owner { get; }

    /// <summary>The version it read at.</summary>
    public CommitVersion Version { get; }

    /// <summary>Its budget in bytes.</summary>
    public long BudgetBytes { get; }

    /// <summary>The bytes it alone kept when it was ended.</summary>
    public long HeldBytes { get; }
}
