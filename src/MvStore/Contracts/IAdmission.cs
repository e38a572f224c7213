namespace MvStore.Contracts;

/// <summary>Guards the lowest version at which a commit may begin (I7).</summary>
internal interface IAdmission
{
    /// <summary>
    /// Raises the admission floor. Inside the critical section the highest possible floor is worked out: the lower of the cap, the visible
    /// version, and every version in flight or announced less one; then the retention turns it into floors.
    /// </summary>
    /// <param name="cap">
    /// An upper bound from outside: the durable version, or the highest there is. Asked inside the critical section: were it asked before, a late commit
    /// could be published in between that is at or below it and not durable. Must be quick.
    /// </param>
    /// <param name="retention">Must be quick and pure.</param>
    /// <returns>The admission floors now in force.</returns>
    FloorSet Raise(Func<CommitVersion> cap, Func<CommitVersion, FloorSet> retention);
}
