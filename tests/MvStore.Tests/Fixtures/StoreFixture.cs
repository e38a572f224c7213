namespace MvStore.Tests.Fixtures;

/// <summary>
/// One store on fresh storage, for one test. Nothing happens by itself: the clock stands still, and no flush, eviction or reclamation
/// begins unless the test asks for it or sets a limit of its own. Disposing it disposes the store and removes its files.
/// </summary>
public sealed class StoreFixture : IAsyncDisposable
{
    private const int MostDead = 2;

    private readonly Queue<(IMultiVersionStore Store, ObservedTier Tier)> _dead = new();
    private readonly StorageHost _host;
    private readonly Action<MvStoreOptions>? _configure;
    private readonly Action<MvStoreBuilder>? _build;
    private IMultiVersionStore? _store;
    private ObservedTier? _tier;

    private StoreFixture(StoreStorage storage, Action<MvStoreOptions>? configure, Action<MvStoreBuilder>? build, int seed)
    {
        _host = StorageHost.Create(storage, seed);
        _configure = configure;
        _build = build;
    }

    /// <summary>The store that is open now.</summary>
    public IMultiVersionStore Store => _store ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>The tier behind the store that is open now.</summary>
    public ObservedTier Tier => _tier ?? throw new InvalidOperationException("The store works in memory only.");

    /// <summary>The clock of the store.</summary>
    public ManualClock Clock { get; } = new();

    /// <summary>Everything the store logged.</summary>
    public LogCapture Log { get; } = new();

    /// <summary>Whether the test lets the store lose commits on purpose, which disposing it then tells.</summary>
    public bool LosesCommits { get; set; }

    /// <summary>Opens a store on fresh storage.</summary>
    /// <param name="storage">What is behind its memory.</param>
    /// <param name="configure">Changes settings; applied again at each reopening.</param>
    /// <param name="build">Changes the builder; applied again at each reopening.</param>
    /// <param name="seed">What the faults of the storage follow from, if it has any.</param>
    public static async Task<StoreFixture> OpenAsync(
        StoreStorage storage = StoreStorage.InMemory,
        Action<MvStoreOptions>? configure = null,
        Action<MvStoreBuilder>? build = null,
        int seed = 0)
    {
        var fixture = new StoreFixture(storage, configure, build, seed);
        await fixture.OpenStoreAsync();
        return fixture;
    }

    /// <summary>Switches off everything that happens by itself.</summary>
    public static void Quiet(MvStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Buffer.MemoryBudget = long.MaxValue;
        options.Buffer.SlowsCommits = false;
        options.Flush.MaxBytes = long.MaxValue;
        options.Flush.MaxEntries = int.MaxValue;
        options.Flush.MaxAge = Timeout.InfiniteTimeSpan;
        options.CommitLog.FlushAge = Timeout.InfiniteTimeSpan;
        options.GarbageCollection.Interval = Timeout.InfiniteTimeSpan;
        options.GarbageCollection.TimeResolution = TimeSpan.Zero;
    }

    /// <summary>Moves everything committed so far to where a test wants it. Reopening ends the open snapshots.</summary>
    public async Task SettleAsync(Residency residency)
    {
        if (residency is Residency.MemoryOnly or Residency.Buffered)
        {
            return;
        }

        await Store.FlushAsync().Guarded();
        if (residency == Residency.Evicted)
        {
            Store.Evict(0);
        }
        else if (residency == Residency.Reopened)
        {
            await ReopenAsync();
        }
    }

    /// <summary>Flushes, when there is something to flush to.</summary>
    public async Task FlushIfPersistentAsync()
    {
        if (_tier is not null)
        {
            await Store.FlushAsync().Guarded();
        }
    }

    /// <summary>Disposes the store and opens it again on the same storage.</summary>
    public async Task ReopenAsync()
    {
        await Store.DisposeAsync().Guarded();
        await OpenStoreAsync();
    }

    /// <summary>
    /// Lets the process die, as far as the storage can tell: the store is left as it is, and another one is opened on what is on disk. The last few stay until the
    /// end of the test, as it may look at them; their threads and memory must go then, which the process's death would do.
    /// </summary>
    public async Task CrashAsync()
    {
        Tier.Abandon();
        _host.Crash();
        _dead.Enqueue((Store, Tier));
        if (_dead.Count > MostDead)
        {
            await BuryAsync(_dead.Dequeue());
        }

        await OpenStoreAsync();
    }

    /// <summary>A builder like the one that opened the store, for the same storage.</summary>
    public MvStoreBuilder NewBuilder()
    {
        var builder = new MvStoreBuilder()
            .Configure(Quiet)
            .UseTimeProvider(Clock)
            .UseLoggerFactory(Log);
        if (_host.NewTier() is { } tier)
        {
            _tier = new ObservedTier(tier);
            builder.UsePersistentTier(_tier).Configure(o => o.CommitLog.DefaultDirectory = _host.LogDirectory);
        }

        if (_configure is not null)
        {
            builder.Configure(_configure);
        }

        _build?.Invoke(builder);
        return builder;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await (_store?.DisposeAsync() ?? ValueTask.CompletedTask).Guarded();
        }
        catch (MvStoreException) when (LosesCommits)
        {
            // Disposing tells the loss again; the test has seen it.
        }

        while (_dead.TryDequeue(out var dead))
        {
            await BuryAsync(dead);
        }

        await _host.DisposeAsync();
        Log.Dispose();
    }

    // Its tier takes nothing any more, and its log lies where nobody looks.
    private static async Task BuryAsync((IMultiVersionStore Store, ObservedTier Tier) dead)
    {
        dead.Tier.ReleaseHolds();
        try
        {
            await dead.Store.DisposeAsync().Guarded();
        }
        catch (MvStoreException)
        {
            // A dead process tells nobody what it lost.
        }
    }

    private async Task OpenStoreAsync() => _store = await NewBuilder().OpenAsync().Guarded();
}
