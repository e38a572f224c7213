using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>The floors in force. Raised by one at a time: a run of reclamation, or the flusher with a slice (I35). Published anew by a run of reclamation, meanwhile too.</summary>
/// <param name="recovered">The floors when the store was opened.</param>
/// <param name="forgetsKeys">Whether deleted keys may have gone before.</param>
internal sealed class FloorKeeper(FloorSet recovered, bool forgetsKeys = false) : IFloorSource
{
    // Owner: who raises floors, and the run of reclamation. Compare-and-swap, repeated (full fence); readers acquire.
    private PublishedFloors _current = new(recovered, forgetsKeys);

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
        var seen = Current;
        while (floors.Generation > seen.Generation && !TryReplace(ref seen, seen with { Set = floors }))
        {
        }
    }

    /// <summary>
    /// Publishes the same floors anew: who began to read before reads again, and who opens a pin meanwhile starts over, so that the pins that are read
    /// afterwards are those of everyone who may have seen memory as it was before (I22).
    /// </summary>
    public void Renew()
    {
        var seen = Current;
        while (!TryReplace(ref seen, seen with { Set = seen.Set }))
        {
        }
    }

    /// <summary>Tells readers, before it happens, that a deleted key goes (I24).</summary>
    public void Forget()
    {
        var seen = Current;
        while (!seen.ForgetsKeys && !TryReplace(ref seen, seen with { ForgetsKeys = true }))
        {
        }
    }

    private bool TryReplace(ref PublishedFloors seen, PublishedFloors next)
    {
        var found = Interlocked.CompareExchange(ref _current, next, seen);
        if (ReferenceEquals(found, seen))
        {
            return true;
        }

        seen = found;
        return false;
    }
}
