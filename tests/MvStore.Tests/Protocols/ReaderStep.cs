namespace MvStore.Tests.Protocols;

/// <summary>Where a reader is.</summary>
internal enum ReaderStep
{
    Idle,
    FloorsLoaded,
    PinAdded,
    Captured,
    MemoryRead,
    Judging,
    Answered,
}
