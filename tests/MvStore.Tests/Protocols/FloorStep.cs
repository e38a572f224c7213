namespace MvStore.Tests.Protocols;

/// <summary>Where the reader of a model of floors is: what it has done.</summary>
internal enum FloorStep
{
    Idle,
    FloorLoaded,
    Captured,
    Pinned,
    Reading,
    Read,
    Held,
    Resumed,
    FloorSeen,
    LateSeen,
    Answered,
}
