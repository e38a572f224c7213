namespace MvStore.Contracts;

/// <summary>What waits for the persistent tier, seen from whoever counts memory. Any thread; acquire loads, no lock unless it says so.</summary>
internal interface IUnflushed
{
    /// <summary>Managed bytes of what waits, and of the copies that are being written. The entries themselves are in the buffer, and count there.</summary>
    long HeldBytes { get; }

    /// <summary>Bytes of keys and values of what is not durable yet, what is being written included. Under the queue's lock for a moment: not for each commit.</summary>
    long WaitingBytes { get; }

    /// <summary>The last failed attempt to write, or null when the last one succeeded.</summary>
    Exception? LastFailure { get; }
}
