using MvStore.Remote;
using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Model;

/// <summary>
/// One run: the same operations on the real store and on the reference, every answer compared as text, typed errors included. The one
/// thread that does it decides everything, so a seed is the whole run. Snapshots, paged scans and open enumerations are kept across
/// everything else that happens.
/// </summary>
internal sealed class ModelRun : IAsyncDisposable
{
    private readonly ModelWorld _world;
    private readonly ModelWriting _writing;
    private readonly ModelReclamation _reclamation;
    private readonly ModelPointReading _points;
    private readonly ModelPaging _paging;
    private readonly ModelStreaming _streaming;
    private readonly ModelLifetimes _lifetimes;
    private readonly ModelRollbacks _rollbacks;

    private ModelRun(ModelWorld world)
    {
        _world = world;
        _writing = new ModelWriting(world);
        _reclamation = new ModelReclamation(world, _writing);
        _points = new ModelPointReading(world);
        _paging = new ModelPaging(world);
        _streaming = new ModelStreaming(world);
        _lifetimes = new ModelLifetimes(world, _paging);
        _rollbacks = new ModelRollbacks(world);
    }

    /// <summary>What was done so far, the last line being what failed.</summary>
    public IReadOnlyList<string> Log => _world.Journal.Lines;

    public static async Task<ModelRun> StartAsync(ModelSettings settings, StoreStorage storage)
    {
        var isRemote = storage == StoreStorage.Remote;
        var fixture = await StoreFixture.OpenAsync(
            storage,
            isRemote ? settings.ApplyWithoutGivingUp : settings.Apply,
            builder =>
            {
                _ = settings.Classified ? builder.UseKeyClassifier(settings.Classifier) : builder;
                _ = isRemote ? builder.UseTimeProvider(new HastyTime()) : builder;
            },
            settings.Seed);
        return new ModelRun(new ModelWorld(settings, storage, fixture));
    }

    public Task ExecuteAsync(ModelOperation operation)
    {
        var random = new Random(operation.Seed);
        return operation.Kind switch
        {
            ModelOperationKind.Commit => _writing.CommitAsync(random),
            ModelOperationKind.Flush => _writing.FlushAsync(),
            ModelOperationKind.Evict => _writing.EvictAsync(random),
            ModelOperationKind.Reclaim => _reclamation.ReclaimAsync(random),
            ModelOperationKind.Get => _points.GetAsync(random),
            ModelOperationKind.Contains => _points.ContainsAsync(random),
            ModelOperationKind.GetMany => _points.GetManyAsync(random),
            ModelOperationKind.GetPrevious => _points.GetPreviousAsync(random),
            ModelOperationKind.WalkBack => _points.WalkBackAsync(random),
            ModelOperationKind.BeginPages => _paging.BeginPagesAsync(random),
            ModelOperationKind.NextPage => _paging.NextPageAsync(random),
            ModelOperationKind.Scan => _streaming.ScanAsync(random),
            ModelOperationKind.BeginStream => _streaming.BeginStreamAsync(random),
            ModelOperationKind.AdvanceStream => _streaming.AdvanceStreamAsync(random),
            ModelOperationKind.History => _streaming.HistoryAsync(random),
            ModelOperationKind.OpenSnapshot => _lifetimes.OpenSnapshotAsync(random),
            ModelOperationKind.CloseSnapshot => _lifetimes.CloseSnapshotAsync(random),
            ModelOperationKind.Reopen => _lifetimes.ReopenAsync(),
            ModelOperationKind.Inspect => _lifetimes.InspectAsync(),
            ModelOperationKind.RollBack => _rollbacks.RollBackAsync(random),
            _ => throw new InvalidOperationException($"{operation.Kind} is not an operation."),
        };
    }

    /// <summary>Lets go of everything, and checks that what is in memory fits together, and that nothing is left there when all of it is on disk.</summary>
    public async Task FinishAsync()
    {
        await CloseAllAsync();
        _world.Journal.Note("finish");
        if (!_world.HasTier || !_world.Settings.EvictsByItself)
        {
            _world.Store.CheckMemory();
        }

        if (_world.HasTier)
        {
            await _world.Store.FlushAsync();
            _world.Store.Evict(0);
            _world.Store.CheckMemory();
            _world.Journal.Same("bytes in memory", "0", $"{_world.Store.GetStatistics().BufferedBytes}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAllAsync();
        await _world.Fixture.DisposeAsync();
    }

    private async Task CloseAllAsync()
    {
        foreach (var stream in _world.Streams)
        {
            await stream.Rows.DisposeAsync();
        }

        _world.Snapshots.ForEach(s => s.Snapshot!.Dispose());
        _world.Streams.Clear();
        _world.Snapshots.Clear();
    }
}
