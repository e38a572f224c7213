using MvStore.Buffering;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Logging;

namespace MvStore;

/// <summary>Reads what a store has to say about itself off its stages. Any thread; never waits.</summary>
internal sealed class StoreGauge(
    VersionBuffer buffer,
    BufferTrimmer trimmer,
    PacingStage pacing,
    FlushingStage? flushing,
    CommitLog? log,
    CommitSequencer sequencer,
    ChangeTail changes,
    IPinRegistry pins,
    TierReads? tierReads,
    FailureLatch failure,
    TimeProvider time)
{
    /// <summary>See <see cref="IMultiVersionStore.GetStatistics"/>.</summary>
    public StoreStatistics ReadStatistics()
        => new()
        {
            BufferedKeys = buffer.Table.Count,
            BufferedVersions = buffer.Accounting.Versions,
            BufferedBytes = trimmer.AccountedBytes,
            MemoryBytes = pacing.MemoryBytes,
            ChangeFeedBytes = changes.HeldBytes,
            MemoryBudget = pacing.Plan.Budget,
            MemoryLimit = pacing.Plan.Hard,
            Stalls = pacing.Gate.Stalls,
            UnflushedCommits = flushing?.Queue.Count ?? 0,
            UnflushedBytes = flushing?.Queue.Bytes ?? 0,
            OldestUnflushedAge = flushing?.Queue.OldestAge ?? TimeSpan.Zero,
            Failure = failure.Cause,
            PublishedSequence = sequencer.Current.Sequence,
            DurableSequence = log?.Durable.Sequence ?? flushing?.Mark.Sequence ?? 0,
            LoggedSequence = log?.Written.Sequence ?? 0,
            FlushedSequence = flushing?.Mark.Sequence ?? 0,
            LogBytes = log?.Room.Bytes ?? 0,
            OpenSnapshots = pins.Current.Count(StoreSnapshots.IsListed),
            ByKind = buffer.Accounting.ByKind,
        };

    /// <summary>What instruments observe.</summary>
    public StoreFigures ReadFigures()
    {
        var now = time.GetUtcNow();
        var oldest = pins.Current.Where(p => p.Owner is not null).Select(p => now - p.OpenedAt).DefaultIfEmpty().Max();
        return new StoreFigures(ReadStatistics(), oldest, tierReads?.Keys ?? 0, tierReads?.Pages ?? 0);
    }
}
