namespace MvStore.Tests.Protocols;

/// <summary>Where the collector is.</summary>
internal enum SweepStep
{
    Idle,
    FloorRaised,
    PinsRead,
    MemorySwept,
    TierSwept,
    Renewed,
    PinsReadAgain,
}
