using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>The floors in force. Raised by one run of reclamation at a time.</summary>
internal sealed class FloorKeeper(FloorSet recovered) : IFloorSource
{
    // Owner: the run of reclamation. Interlocked exchange (full fence); readers acquire.
    private PublishedFloors _current = new(recovered);

    public PublishedFloors Current => Volatile.Read(ref _current);

    /// <summary>Publishes floors; without effect unless they were raised since those in force.</summary>
    public void Publish(FloorSet floors)
    {
        if (floors.Generation > Current.Generation)
        {
            Interlocked.Exchange(ref _current, new PublishedFloors(floors));
        }
    }
}
