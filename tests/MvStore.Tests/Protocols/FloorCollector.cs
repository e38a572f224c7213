namespace MvStore.Tests.Protocols;

/// <summary>Where the collector of a model of floors is: what it has done.</summary>
internal enum FloorCollector
{
    Idle,
    Admitted,
    Stored,
    Published,
    Sweeping,
}
