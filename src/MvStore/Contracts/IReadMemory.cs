namespace MvStore.Contracts;

/// <summary>Memory that makes reads of the persistent tier faster, seen from whoever counts memory. Any thread; a plain load.</summary>
internal interface IReadMemory
{
    /// <summary>The bytes it takes now. It has a limit of its own, and eviction cannot make it smaller.</summary>
    long HeldBytes { get; }
}
