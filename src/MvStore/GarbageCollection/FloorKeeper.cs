using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>The floors in force. Raised by one run of reclamation at a time.</summary>
/// <param name="recovered">The floors when the store was opened.</param>
/// <param name="forgetsKeys">Whether deleted keys may have gone before.</param>
internal sealed class FloorKeeper(FloorSet recovered, bool forgetsKeys = false) : IFloorSource
{
    // Owner: the run of reclamation. Interlocked exchange (full fence); readers acquire.
    private PublishedFloors _current = new(recovered, forgetsKeys);

    public PublishedFloors Current => Volatile.Read(ref _current);

    /// <summary>Publishes floors; without effect unless they were raised since those in force.</summary>
    public void Publish(FloorSet floors)
    {
        if (floors.Generation > Current.Generation)
        {
            Interlocked.Exchange(ref _current, Current with { Set = floors });
        }
    }

    /// <summary>
    /// Publishes the same floors anew: who began to read before reads again, and who opens a pin meanwhile starts over, so that the pins that are read
    /// afterwards are those of everyone who may have seen memory as it was before (I22).
    /// </summary>
    public void Renew() => Interlocked.Exchange(ref _current, Current with { Set = Current.Set });

    /// <summary>Tells readers, before it happens, that a deleted key goes (I24).</summary>
    public void Forget()
    {
        if (!Current.ForgetsKeys)
        {
            Interlocked.Exchange(ref _current, Current with { ForgetsKeys = true });
        }
    }
}
