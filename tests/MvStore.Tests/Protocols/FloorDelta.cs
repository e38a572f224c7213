namespace MvStore.Tests.Protocols;

/// <summary>What a commit in a model of floors does to the key.</summary>
internal enum FloorDelta
{
    Elsewhere,
    Set,
    Drop,
}
