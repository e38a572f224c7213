using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>The floors in force. Raised by one at a time: a run of reclamation, or the flusher with a slice (I35).</summary>
internal sealed class FloorKeeper(FloorSet recovered) : IFloorSource
{
    // Owner: who raises floors. Interlocked exchange (full fence); readers acquire.
    private PublishedFloors _current = new(recovered);

    // Owner: who raises floors. Release store; reclamation acquires.
    private FloorSet _stored = recovered;

    public PublishedFloors Current => Volatile.Read(ref _current);

    /// <summary>The floors that the persistent tier has: what reclamation goes by (I38). Never above <see cref="Current"/>.</summary>
    public FloorSet Stored => Volatile.Read(ref _stored);

    /// <summary>Publishes floors that are stored, or that were published already and are stored now; without effect unless they were raised.</summary>
    public void Publish(FloorSet floors)
    {
        Prepare(floors);
        if (floors.Generation > Stored.Generation)
        {
            Volatile.Write(ref _stored, floors);
        }
    }

    /// <summary>Publishes floors that are about to be stored with a slice; without effect unless they were raised since those in force.</summary>
    public void Prepare(FloorSet floors)
    {
        if (floors.Generation > Current.Generation)
        {
            Interlocked.Exchange(ref _current, new PublishedFloors(floors));
        }
    }
}
