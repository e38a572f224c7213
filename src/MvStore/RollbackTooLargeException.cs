namespace MvStore;

/// <summary>A rollback was refused because it is more than one commit may be, and it is one commit. Nothing was applied. Roll the range back in parts, or raise the limit.</summary>
public sealed class RollbackTooLargeException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="limitName">What the limit is called.</param>
    /// <param name="needed">What the commit needs, as far as it was worked out: at least so much.</param>
    /// <param name="limit">What one commit may have.</param>
    public RollbackTooLargeException(string limitName, long needed, long limit)
        : base(
            $"The rollback is more than one commit may be: it needs at least {needed}, and the limit ({limitName}) is {limit}. Nothing was applied. "
                + "Roll the range back in parts, or raise the limit.")
    {
        LimitName = limitName;
        Needed = needed;
        Limit = limit;
    }

    /// <summary>What the limit is called: a setting, or one of the persistent tier's.</summary>
    public string LimitName { get; }

    /// <summary>What the commit needs, in bytes or keys as the limit counts, as far as it was worked out: at least so much.</summary>
    public long Needed { get; }

    /// <summary>What one commit may have.</summary>
    public long Limit { get; }
}
