namespace MvStore;

/// <summary>
/// A position is not one of this store's: it is of another store, or a crash has undone commits that it is behind. Who has seen those begins anew with the present state; reading only durable commits
/// (<see cref="ChangeReadOptions.DurableOnly"/>) keeps it from happening.
/// </summary>
public sealed class UnknownChangePositionException : MvStoreException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="position">The position.</param>
    public UnknownChangePositionException(ChangePosition position)
        : base($"The position {position} is not known here: it is of another store, or commits before it were undone by a crash. Begin anew with the present state.")
        => Position = position;

    /// <summary>The position.</summary>
    public ChangePosition Position { get; }
}
