using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>Tells which version was the visible one at a time of day, if it can still be read. Safe from any thread.</summary>
internal sealed class VersionsByTime(VersionTimes? times, IPublicationSource publication, IFloorSource floors)
{
    /// <summary>See <see cref="IMultiVersionStore.VersionAt"/>.</summary>
    public CommitVersion At(DateTimeOffset time)
    {
        if (times is null)
        {
            throw new UnknownTimeException(time, earliest: null);
        }

        var known = times.VisibleAt(time.UtcTicks, out var isOver);
        if (!isOver)
        {
            return publication.Current.Visible;
        }

        var version = known ?? throw new UnknownTimeException(time, new DateTimeOffset(times.EarliestUtcTicks, TimeSpan.Zero));
        var floor = floors.Current.Set.Lowest;
        return version >= floor ? version : throw new BelowFloorException(version, floor);
    }
}
