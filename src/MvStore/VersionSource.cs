namespace MvStore;

/// <summary>
/// Hands out versions for hosts that have no oracle of their own. Versions ascend by one from the highest the store has seen when this
/// is made; each is handed out once. Safe from any thread. Use one per store: if keys have a time to live, the one that the store has too
/// (<see cref="MvStoreBuilder.UseVersionProvider"/>).
/// </summary>
/// <param name="store">The store the versions are for.</param>
/// <exception cref="ArgumentNullException"><paramref name="store"/> is null.</exception>
public sealed class VersionSource(IMultiVersionStore store) : IVersionProvider
{
    private readonly IMultiVersionStore _store = store ?? throw new ArgumentNullException(nameof(store));

    // Owner: every caller of Next. Interlocked: full fence, each number is given once.
    private long _last = (long)store.VisibleVersion.Value;

    /// <summary>The version a reader should read at: everything at or below it is published.</summary>
    public CommitVersion Visible => _store.VisibleVersion;

    /// <summary>A version for the next commit.</summary>
    /// <returns>A version never handed out before.</returns>
    /// <exception cref="InvalidOperationException">All versions up to 2^63-1 were handed out.</exception>
    public CommitVersion Next()
    {
        var next = Interlocked.Increment(ref _last);
        if (next <= 0)
        {
            Interlocked.Decrement(ref _last);
            throw new InvalidOperationException($"All versions up to {CommitVersion.Max} were handed out.");
        }

        return (ulong)next;
    }

    /// <summary>The same, for the store.</summary>
    /// <param name="cancellationToken">Of no account: it never waits.</param>
    /// <returns>A version never handed out before.</returns>
    /// <exception cref="InvalidOperationException">All versions up to 2^63-1 were handed out.</exception>
    ValueTask<CommitVersion> IVersionProvider.NextAsync(CancellationToken cancellationToken) => new(Next());
}
