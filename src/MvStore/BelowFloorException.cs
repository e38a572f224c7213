namespace MvStore;

/// <summary>A read or commit was refused because it lies below what the store still keeps (contract A6, B10).</summary>
public sealed class BelowFloorException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="requested">The version asked for.</param>
    /// <param name="floor">The lowest version that can still be read, and above which commits are accepted.</param>
    public BelowFloorException(CommitVersion requested, CommitVersion floor)
        : base($"Version {requested} is below what is kept: the floor is {floor}. Read at the floor or above, commit above it, or hold a snapshot.")
    {
        Requested = requested;
        Floor = floor;
    }

    private BelowFloorException(string message, CommitVersion requested, CommitVersion floor)
        : base(message)
    {
        Requested = requested;
        Floor = floor;
    }

    /// <summary>The version asked for.</summary>
    public CommitVersion Requested { get; }

    /// <summary>The floor at that moment.</summary>
    public CommitVersion Floor { get; }

    /// <summary>The failure of a page whose scan began at a moment that reclamation has passed since.</summary>
    internal static BelowFloorException ForPassedView(CommitVersion requested, CommitVersion floor)
        => new(
            $"The moment at which this scan began, at version {requested}, is no longer kept: the floor rose to {floor} since. "
                + "Begin the scan again, or page on a snapshot.",
            requested,
            floor);
}
