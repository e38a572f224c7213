using MvStore.Contracts;

namespace MvStore.Committing;

/// <summary>
/// At which versions commits may still be made (I7): above the admission floors, which rise by themselves and by drops that come into force. Not safe for concurrent use; owned by the
/// sequencer's critical section.
/// </summary>
internal sealed class AdmissionFloors(TierState recovered)
{
    private readonly PendingDrops _drops = new(recovered.Drops);

    /// <summary>The floors now in force.</summary>
    public FloorSet Current { get; private set; } = recovered.Floors;

    /// <summary>Takes note of the drops of a commit that is being published.</summary>
    public void NoteDrops(PreparedCommit commit) => _drops.Add(commit);

    /// <summary>Demands that a commit is above every floor that it meets.</summary>
    /// <exception cref="BelowFloorException">It is not.</exception>
    public void Require(PreparedCommit commit)
    {
        if (commit.Version > Current.Highest)
        {
            return;
        }

        if (Current.ByKey.Highest >= commit.Version)
        {
            RequireAboveKeyFloors(commit);
        }

        foreach (var kind in commit.Kinds)
        {
            var floor = Current.Of(kind);
            if (commit.Version <= floor)
            {
                throw new BelowFloorException(commit.Version, floor);
            }
        }
    }

    /// <summary>Raises the floors.</summary>
    /// <param name="kinds">Those of kinds, as far as retention asks for it.</param>
    /// <param name="highest">Drops at or below it come into force.</param>
    /// <param name="mostDrops">So many of them at most.</param>
    /// <param name="changes">Takes note of what rises, before it does; null for nobody.</param>
    public AdmissionRaise Raise(FloorSet kinds, CommitVersion highest, int mostDrops, ChangeTracker? changes)
    {
        var drops = _drops.TakeUpTo(highest, mostDrops);
        var raised = Current.RaisedTo(kinds, drops);
        if (!ReferenceEquals(raised, Current))
        {
            changes?.NoteRaised(kinds, drops);
            Current = raised;
        }

        return new AdmissionRaise(raised, drops);
    }

    /// <summary>The drops that a raise would bring into force.</summary>
    /// <param name="highest">At or below it.</param>
    public IReadOnlyList<KeyFloor> DropsUpTo(CommitVersion highest) => _drops.UpTo(highest);

    /// <summary>Takes over floors that say the same in fewer words, unless they rose meanwhile.</summary>
    public void Simplify(FloorSet floors)
    {
        if (Current.Generation == floors.Generation)
        {
            Current = floors;
        }
    }

    private void RequireAboveKeyFloors(PreparedCommit commit)
    {
        foreach (ref readonly var item in commit.Items)
        {
            var floor = Current.ByKey.Of(item.Key);
            if (commit.Version <= floor)
            {
                throw new BelowFloorException(commit.Version, floor);
            }
        }
    }
}
