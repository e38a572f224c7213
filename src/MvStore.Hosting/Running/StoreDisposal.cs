namespace MvStore.Hosting.Running;

/// <summary>
/// Closes a store with its container, if the host was not stopped. A container disposes what it made last first, and this is made after the listeners the store calls and the loggers it
/// writes to, which themselves may have been made with the store.
/// </summary>
internal sealed class StoreDisposal(HostedStore store) : IAsyncDisposable, IDisposable
{
    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>For containers that are disposed synchronously: waits for it.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
