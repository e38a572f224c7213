namespace MvStore.Contracts;

/// <summary>Memory that makes reads faster, of the persistent tier or of recent changes, seen from whoever counts memory. Any thread; a plain load.</summary>
internal interface IReadMemory
{
    /// <summary>The bytes it takes now. It has a limit of its own, and eviction cannot make it smaller.</summary>
    long HeldBytes { get; }
}
