namespace MvStore.Tests.Protocols;

/// <summary>How a reader reads.</summary>
internal enum ReaderKind
{
    Point,
    Pinned,
    StepBack,
}
