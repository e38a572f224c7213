using MvStore.Reliability.Storage;
using MvStore.Reliability.Tiers;

namespace MvStore.Reliability.Scripts;

/// <summary>
/// Runs a script on a disk, step by step, and keeps the log of what was acknowledged. After each step that moves data the store is asked
/// for all it should know.
/// </summary>
internal sealed class ScriptRun(Script script, Disk disk, CommitLog log, Witness witness, Func<IPersistentTier, IPersistentTier>? wrap = null)
    : IAsyncDisposable
{
    private IMultiVersionStore? _store;
    private ISnapshot? _snapshot;

    public CommitLog Log { get; } = log;

    public Witness Witness { get; } = witness;

    public bool IsOpen => _store is not null;

    /// <summary>Whether commits wait to be flushed.</summary>
    public bool HasUnflushed => _store?.GetStatistics().UnflushedCommits > 0;

    /// <summary>Listens to flushes of the stores opened from now on.</summary>
    public IFlushListener? Listener { get; set; }

    /// <summary>Runs a script from beginning to end on an empty disk that does not fail.</summary>
    public static Task<ScriptRun> WholeAsync(Script script, Disk disk, Func<IPersistentTier, IPersistentTier>? wrap = null)
        => WholeAsync(script, disk, new CommitLog(), new Witness(() => disk.Position, TierContent.Empty), wrap);

    /// <summary>Opens what a crash of this run left, and does what is done after a crash.</summary>
    /// <param name="point">Where the crash was.</param>
    /// <param name="left">The disk as it was left.</param>
    /// <param name="known">What the application knows.</param>
    /// <param name="variant">Which of the things that are done after a crash.</param>
    public Task<ScriptRun> RecoverAsync(int point, Disk left, CommitLog known, int variant)
        => WholeAsync(RandomScript.Recovery(script, variant), left, known, new Witness(() => left.Position, Witness.PossibleAt(point)), wrap: null);

    public async Task OpenAsync()
    {
        var tier = script.Settings.Tier(disk.Directory);
        var witnessed = new WitnessTier(tier, Witness);
        var builder = script.Settings.Builder(wrap is null ? witnessed : wrap(witnessed), disk.OpenLog());
        if (Listener is { } listener)
        {
            builder.AddFlushListener(listener);
        }

        _store = await builder.OpenAsync();
        Log.CutTo(_store.GetStatistics().PublishedSequence);
        Acknowledge(Log.Sequence);
        await CheckAsync();
    }

    /// <summary>Does one step.</summary>
    public async Task StepAsync(Step step, CancellationToken cancellationToken)
    {
        var store = _store!;
        switch (step.Kind)
        {
            case StepKind.Commit:
            case StepKind.CommitDurably:
            case StepKind.CommitToLog:
                await CommitAsync(store, step, cancellationToken);
                break;
            case StepKind.Flush:
                await store.FlushAsync(cancellationToken);
                Acknowledge(Log.Sequence);
                await CheckAsync();
                break;
            case StepKind.Evict:
                store.Evict(0);
                await CheckAsync();
                break;
            case StepKind.Reclaim:
                await store.ReclaimAsync(cancellationToken);
                Acknowledge(0);
                await CheckAsync();
                break;
            case StepKind.Pin:
                _snapshot?.Dispose();
                _snapshot = store.OpenSnapshot(CommitVersion.Latest, "script");
                break;
            case StepKind.Unpin:
                _snapshot?.Dispose();
                break;
            default:
                await CloseAsync();
                await OpenAsync();
                break;
        }
    }

    /// <summary>Closes the store; what was published is then durable.</summary>
    public async Task CloseAsync()
    {
        if (_store is not { } store)
        {
            return;
        }

        _store = null;
        _snapshot?.Dispose();
        await store.DisposeAsync();
        Acknowledge(Log.Sequence);
    }

    /// <summary>Asks the store for all it should know.</summary>
    public Task CheckAsync() => ContractCheck.StoreAsync(_store!, Log, Witness.Current);

    public async ValueTask DisposeAsync()
    {
        if (_store is { } store)
        {
            _store = null;
            try
            {
                await store.DisposeAsync();
            }
            catch (MvStoreException)
            {
                // The run has failed before, and that is what its caller is told.
            }
        }
    }

    private static async Task<ScriptRun> WholeAsync(Script script, Disk disk, CommitLog log, Witness witness, Func<IPersistentTier, IPersistentTier>? wrap)
    {
        await using var run = new ScriptRun(script, disk, log, witness, wrap);
        await run.OpenAsync();
        foreach (var step in script.Steps)
        {
            await run.StepAsync(step, CancellationToken.None);
        }

        await run.CloseAsync();
        return run;
    }

    private async Task CommitAsync(IMultiVersionStore store, Step step, CancellationToken cancellationToken)
    {
        try
        {
            var durability = step.Kind switch
            {
                StepKind.CommitDurably => Durability.Durable,
                StepKind.CommitToLog => Durability.Logged,
                _ => Durability.Buffered,
            };
            if (!cancellationToken.CanBeCanceled && step.Version % 2 == 1)
            {
                // On this thread, log and all.
                store.Commit(step.Batch(), step.Version, durability, cancellationToken);
            }
            else
            {
                await store.CommitAsync(step.Batch(), step.Version, durability, cancellationToken);
            }
        }
        finally
        {
            // It may have been published although its wait failed.
            if (store.GetStatistics().PublishedSequence > Log.Sequence)
            {
                Log.Publish(step);
            }
        }

        if (step.Kind == StepKind.CommitDurably)
        {
            Acknowledge(Log.Sequence);
        }
        else if (step.Kind == StepKind.CommitToLog)
        {
            Log.AcknowledgeLogged(disk.Position);
        }
    }

    private void Acknowledge(ulong sequence) => Log.Acknowledge(disk.Position, sequence, _store?.GetFloor() ?? CommitVersion.Zero);
}
