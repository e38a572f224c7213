using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>The floors in force. Raised by one run of reclamation at a time.</summary>
internal sealed class FloorKeeper(FloorSet recovered) : IFloorSource
{
    // Owner: the run of reclamation. Interlocked exchange (full fence); readers acquire.
    private PublishedFloors _current = new(recovered, 0);

    public PublishedFloors Current => Volatile.Read(ref _current);

    /// <summary>Publishes higher floors; without effect when nothing is higher.</summary>
    public void Publish(FloorSet floors)
    {
        var before = Current;
        var raised = before.Set.RaisedTo(floors);
        if (!ReferenceEquals(raised, before.Set))
        {
            Interlocked.Exchange(ref _current, new PublishedFloors(raised, before.Generation + 1));
        }
    }
}
