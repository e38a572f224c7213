using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.Logging;
using MvStore.Pacing;

namespace MvStore;

/// <summary>
/// Opens a store: the persistent tier, then the commit log, then the stages; then what the log has and the tier lacks is published again. Whatever fails on the
/// way, what was open is closed again.
/// </summary>
internal static class StoreOpening
{
    /// <summary>Opens a store.</summary>
    public static async ValueTask<IMultiVersionStore> OpenAsync(StoreParts parts, CancellationToken cancellationToken)
    {
        using var activity = StoreInstruments.Opening(parts.Options.Name);
        var recovered = await OpenTierAsync(parts, cancellationToken).ConfigureAwait(false);
        var store = await PutTogetherAsync(parts, recovered).ConfigureAwait(false);
        var logger = parts.LoggerFactory.CreateLogger("MvStore");
        try
        {
            await store.Stages.BeginAsync(store, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbandonAsync(store, logger).ConfigureAwait(false);
            throw;
        }

        Report(parts, recovered, store.Stages.Pacing.Plan, logger);
        return store;
    }

    private static async ValueTask<TierState> OpenTierAsync(StoreParts parts, CancellationToken cancellationToken)
    {
        if (parts.Tier is null)
        {
            return new TierState(0, CommitVersion.Zero, FloorSet.None);
        }

        try
        {
            return await TierOpening.OpenAsync(parts.Tier, parts.Options, parts.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await parts.Tier.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask<MultiVersionStore> PutTogetherAsync(StoreParts parts, TierState recovered)
    {
        var failure = new FailureLatch();
        FlushingStage? flushing = null;
        CommitLog? log = null;
        try
        {
            var plan = MemoryPlan.Of(parts.Options.Buffer, parts.Tier is not null, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            flushing = parts.Tier is null ? null : new FlushingStage(parts, recovered, failure, plan.Hard);
            log = OpenLog(parts, recovered, failure, flushing);
            return new MultiVersionStore(new StoreStages(parts, recovered, failure, plan, flushing, log), parts.Options.CommitLog.MinimumDurability);
        }
        catch
        {
            log?.Dispose();
            flushing?.Queue.Dispose();
            if (parts.Tier is not null)
            {
                await parts.Tier.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private static CommitLog? OpenLog(StoreParts parts, TierState recovered, FailureLatch failure, FlushingStage? flushing)
    {
        var options = parts.Options.CommitLog;
        var logger = parts.LoggerFactory.CreateLogger("MvStore");
        var mustExist = LogNote.Find(recovered) is not null && options.OnDamage == CommitLogDamage.Refuse;
        if (!parts.HasLog)
        {
            if (mustExist)
            {
                throw LogNote.Missing("The store is opened without a commit log");
            }

            if (LogNote.Find(recovered) is not null)
            {
                Log.LogLost(logger);
            }

            return null;
        }

        // The log forgets what the tier has taken: a tier that may lose it again would take with it what was acknowledged as durable (I17).
        if (!flushing!.IsSynced)
        {
            parts.LogDirectory?.Dispose();
            throw new InvalidOperationException(
                "CommitLog.Directory is set, and a commit log needs a persistent tier that syncs what it takes: give the builder one, or no directory.");
        }

        var directory = parts.LogDirectory ?? DiskLogDirectory.Own(options.Place!, mayBeMade: !mustExist);
        return CommitLog.Open(directory, recovered, options, parts.Options.Flush, flushing.RequestForLog, failure, parts.TimeProvider, logger);
    }

    // Opening has failed for a reason that is told; what closing says besides follows from it, and the commits are in the log.
    private static async ValueTask AbandonAsync(MultiVersionStore store, ILogger logger)
    {
        try
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
        catch (MvStoreException e)
        {
            Log.OpeningAbandoned(logger, e);
        }
    }

    private static void Report(StoreParts parts, TierState recovered, MemoryPlan plan, ILogger logger)
    {
        var name = parts.Options.Name;
        var tier = parts.Tier?.GetType().Name ?? "memory only";
        Log.StoreOpened(logger, name, tier, recovered.DurableSequence, recovered.HighestVersion, recovered.Floors.Default);
        if (parts.Tier is not null)
        {
            Log.TierOpened(logger, name, recovered.Epoch, recovered.Capabilities.Durability);
        }

        Log.MemoryPlanned(logger, name, plan.Budget, plan.Origin, plan.Soft, plan.Hard);
    }
}
