using MvStore.Contracts;
using MvStore.Diagnostics;
using MvStore.GarbageCollection;

namespace MvStore;

/// <summary>Runs of reclamation, with what belongs to each: keys expire, it is measured, and who waits for room learns what became free. Safe from any thread.</summary>
internal sealed class ReclamationRuns(Reclaimer reclaimer, Expirer expirer, StoreInstruments instruments, IRoom room, double garbageShare, TimeProvider time)
{
    /// <summary>See <see cref="IMultiVersionMaintenance.ReclaimAsync"/>.</summary>
    public ValueTask<ReclamationReport> RunAsync(CancellationToken cancellationToken) => RunAsync(0, cancellationToken);

    /// <summary>The same, in the background: the persistent tier may leave what is not worth a walk (<see cref="GarbageCollectionOptions.MaxGarbageShare"/>).</summary>
    public ValueTask<ReclamationReport> RunInBackgroundAsync(CancellationToken cancellationToken) => RunAsync(garbageShare, cancellationToken);

    private async ValueTask<ReclamationReport> RunAsync(double share, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var report = await reclaimer.RunAsync(share, cancellationToken).ConfigureAwait(false);
        instruments.Reclaimed(report, time.GetElapsedTime(began));
        room.Remeasure();
        var expired = await expirer.RunAsync(cancellationToken).ConfigureAwait(false);
        if (expired > 0)
        {
            instruments.Expired(expired);
        }

        return report with { ExpiredKeys = expired };
    }
}
