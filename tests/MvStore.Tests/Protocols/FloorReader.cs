namespace MvStore.Tests.Protocols;

/// <summary>Which reader a model of floors has.</summary>
public enum FloorReader
{
    Pinned,
    Unpinned,
    Token,
    StepBack,
}
