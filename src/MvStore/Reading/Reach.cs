using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// How far below itself a view that was captured earlier can still be answered (DESIGN.md 3, Old views). To be taken <b>after</b> the read it is
/// to judge, or after the view's pin was registered.
/// </summary>
internal readonly record struct Reach
{
    private readonly FloorSet _floors;
    private readonly CommitVersion _visible;
    private readonly ulong _generation;
    private readonly bool _isCovered;

    private Reach(PublishedFloors now, ulong generation, TierView view, CommitVersion visible, ulong lastLate)
    {
        _floors = now.Set;
        _visible = visible;
        _generation = generation;
        _isCovered = lastLate <= view.Sequence;
    }

    /// <summary>The reach, now, of a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="visible">The visible version when it was captured.</param>
    /// <param name="generation">The generation of the floors when it was captured.</param>
    /// <param name="floors">The floors in force.</param>
    /// <param name="publication">How far publication has come.</param>
    public static Reach Of(TierView view, CommitVersion visible, ulong generation, IFloorSource floors, IPublicationSource publication)
        => new(floors.Current, generation, view, visible, publication.Current.LastLateSequence);

    /// <summary>The floor of one key.</summary>
    public CommitVersion FloorOf(ReadOnlySpan<byte> key, IKeyClassifier classifier) => _floors.Of(key, classifier);

    /// <summary>The highest floor of a range.</summary>
    public CommitVersion FloorIn(KeyRange range, IKeyClassifier classifier) => _floors.HighestIn(range, classifier);

    /// <summary>
    /// Whether the view can be answered, without a pin for it, down to the floor of a key. If that floor has not moved, it can. Otherwise an entry at or
    /// below it may have been let go because of one that the view cannot see, unless every commit at or below it was published before the
    /// view was captured.
    /// </summary>
    public bool ReachesFloorOf(ReadOnlySpan<byte> key, IKeyClassifier classifier)
        => IsSettled(FloorOf(key, classifier)) || !_floors.WasRaisedAfter(_generation, key);

    /// <summary>The same for the highest floor of a range, and with it for every key in it.</summary>
    public bool ReachesFloorIn(KeyRange range, IKeyClassifier classifier)
        => IsSettled(FloorIn(range, classifier)) || !_floors.WasRaisedAfter(_generation, range);

    private bool IsSettled(CommitVersion floor) => _isCovered && floor <= _visible;
}
