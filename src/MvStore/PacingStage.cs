using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Flushing;
using MvStore.Pacing;

namespace MvStore;

/// <summary>The parts that keep memory within its limits: the gate where commits wait, and what makes room.</summary>
internal sealed class PacingStage : IAsyncDisposable
{
    private readonly IEvictable _buffer;
    private readonly FlushingStage? _flushing;
    private readonly IReadMemory _reading;
    private readonly MemoryLimit _memory;
    private readonly EvictionLoop _evictions;

    // Owner: who starts it, once. Release store; who asks for room acquires.
    private Action? _reclaim;

    public PacingStage(
        StoreParts parts, MemoryPlan plan, IEvictable buffer, FlushingStage? flushing, IReadMemory reading, ICommitLimit? log, FailureLatch failure, ILogger logger)
    {
        Plan = plan;
        _buffer = buffer;
        _flushing = flushing;
        _reading = reading;
        _evictions = new EvictionLoop(failure, logger);
        _memory = new MemoryLimit(plan, buffer, flushing, reading, AskForRoom);
        var options = parts.Options.Buffer;
        Limits = log is null ? [_memory] : [_memory, log];
        Gate = new CommitGate(
            Limits, options.MaxStall, options.SlowsCommits && flushing is not null, failure, parts.TimeProvider, logger);
    }

    /// <summary>The limits of memory.</summary>
    public MemoryPlan Plan { get; }

    /// <summary>What commits may run out of.</summary>
    public IReadOnlyList<ICommitLimit> Limits { get; }

    /// <summary>Where commits wait for room.</summary>
    public CommitGate Gate { get; }

    /// <summary>What counts against the limits now.</summary>
    public long MemoryBytes => _memory.UsedBytes;

    /// <summary>What evicts.</summary>
    /// <param name="publication">What is visible.</param>
    public BufferBudget CreateBudget(IPublicationSource publication)
        => new(_buffer, _flushing?.Mark, publication, _reading, _flushing, Plan.Budget, Plan.Hard);

    /// <summary>Starts to make room when it is asked for.</summary>
    /// <param name="budget">What evicts.</param>
    /// <param name="reclaim">Asks for a run of reclamation; never waits.</param>
    public void Start(BufferBudget budget, Action reclaim)
    {
        Volatile.Write(ref _reclaim, reclaim);
        _evictions.Start(budget, Gate);
    }

    /// <summary>Ends every wait, and makes no more room.</summary>
    public async ValueTask DisposeAsync()
    {
        Gate.Close();
        await _evictions.StopAsync().ConfigureAwait(false);
        _evictions.Dispose();
        Gate.Dispose();
    }

    private void AskForRoom()
    {
        _flushing?.AskForRoom();
        _evictions.Wake();
        Volatile.Read(ref _reclaim)?.Invoke();
    }
}
