using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Logging;

/// <summary>A store with a commit log on a simulated disk, in which nothing is flushed unless a test asks for it.</summary>
internal sealed class LogFixture : IAsyncDisposable
{
    private readonly StoreFixture _fixture;
    private SimulatedDisk _disk;

    private LogFixture(StoreFixture fixture, SimulatedDisk disk)
    {
        _fixture = fixture;
        _disk = disk;
    }

    public IMultiVersionStore Store => _fixture.Store;

    public ObservedTier Tier => _fixture.Tier;

    public ManualClock Clock => _fixture.Clock;

    public LogCapture Messages => _fixture.Log;

    public SimulatedDisk Disk => _disk;

    /// <summary>Whether the next opening is with the log.</summary>
    public bool UsesLog { get; set; } = true;

    /// <summary>Closes the store and opens it again, with what is on another disk.</summary>
    public async Task ReopenAsync(SimulatedDisk disk)
    {
        await Store.DisposeAsync().Guarded();
        _disk = disk;
        await _fixture.ReopenAsync();
    }

    /// <summary>Opens a store on fresh storage.</summary>
    public static async Task<LogFixture> OpenAsync(StoreStorage storage = StoreStorage.InMemory, Action<MvStoreOptions>? configure = null)
    {
        LogFixture? opened = null;
        var disk = new SimulatedDisk();
        var fixture = await StoreFixture.OpenAsync(
            storage,
            options =>
            {
                options.CommitLog.SegmentBytes = 1 << 20;
                options.CommitLog.MaxBytes = 64 << 20;
                configure?.Invoke(options);
            },
            builder =>
            {
                if (opened?.UsesLog ?? true)
                {
                    builder.UseLogDirectory((opened?._disk ?? disk).Open());
                }
            });
        opened = new LogFixture(fixture, disk);
        return opened;
    }

    /// <summary>Lets the power fail, or only the process, and opens the store on what is left.</summary>
    /// <param name="kind">What is left.</param>
    /// <param name="disk">Where the log is looked for instead.</param>
    public async Task CrashAsync(PowerLoss kind = PowerLoss.KeepsNone, SimulatedDisk? disk = null)
    {
        _fixture.LosesCommits = true;
        _disk = disk ?? new SimulatedDisk(_disk.AfterPowerLoss(kind, new Random(1)));
        await _fixture.CrashAsync();
    }

    /// <summary>Disposes the store and opens it again.</summary>
    public Task ReopenAsync() => _fixture.ReopenAsync();

    /// <summary>Everything the store holds: history, and what is visible at some versions.</summary>
    public async Task<string[]> ShowAsync(params ulong[] versions)
    {
        List<string> shown = [.. await Store.HistoryAllAsync()];
        foreach (var version in versions)
        {
            shown.AddRange((await Store.ScanAllAsync(version)).Select(row => $"at {version}: {row}"));
        }

        return [.. shown];
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
