namespace MvStore.Contracts;

/// <summary>Guards the lowest version at which a commit may begin (I7).</summary>
internal interface IAdmission
{
    /// <summary>
    /// Raises the admission floor. Inside the critical section the highest possible floor is worked out: the lower of the cap, the visible
    /// version, and every version in flight or announced less one; then the retention turns it into floors of kinds. Published drops at or below it
    /// come into force: for their keys retention is waived.
    /// </summary>
    /// <param name="cap">
    /// An upper bound from outside: the durable version, or the highest there is. Asked inside the critical section: were it asked before, a late commit
    /// could be published in between that is at or below it and not durable. Must be quick.
    /// </param>
    /// <param name="retention">Must be quick and pure.</param>
    /// <param name="mostDrops">How many drops may come into force at once, at least 1, so that commits do not wait for many. When it is that many there may be more.</param>
    /// <returns>The admission floors now in force, and the drops that came into force.</returns>
    AdmissionRaise Raise(Func<CommitVersion> cap, Func<CommitVersion, FloorSet> retention, int mostDrops);

    /// <summary>The admission floors that <see cref="Raise"/>, repeated until no drop is left, would bring about now. Changes nothing.</summary>
    /// <param name="cap">As for <see cref="Raise"/>.</param>
    /// <param name="retention">As for <see cref="Raise"/>.</param>
    /// <returns>The floors; the present ones when nothing would rise.</returns>
    FloorSet Foresee(Func<CommitVersion> cap, Func<CommitVersion, FloorSet> retention);

    /// <summary>Replaces the admission floors by a set that says the same in fewer words; without effect if they rose since.</summary>
    /// <param name="floors">The set.</param>
    void Simplify(FloorSet floors);
}
