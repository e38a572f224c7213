namespace MvStore.Hosting;

/// <summary>How a host treats a store. Options under the store's name; read when the host starts.</summary>
public sealed class MvStoreHostingOptions
{
    /// <summary>
    /// How long a stopping host waits until everything that was committed is in the persistent tier. When it is over, what is left is logged, and the store closes, which tries once more
    /// within <see cref="FlushOptions.DisposeTimeout"/>. The host's own limit of shutdown (<c>HostOptions.ShutdownTimeout</c>, by default 30 seconds for all its parts) ends both: keep this
    /// below it.
    /// </summary>
    /// <value>Default 20 seconds. Positive, at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for no limit but the host's.</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
