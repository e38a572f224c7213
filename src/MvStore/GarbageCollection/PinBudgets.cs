using Microsoft.Extensions.Logging;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore.GarbageCollection;

/// <summary>
/// Ends, or tells of, pins that alone keep more than they may. Belongs to the run of reclamation, which asks at its end: what is revoked is marked before the next run reads the pins
/// and removes what it kept.
/// </summary>
internal sealed class PinBudgets(VersionSurvey survey, TimeProvider time, ILogger logger)
{
    // So much of the time may be spent on measuring.
    private const int PartOfTime = 10;

    // All owned by the run of reclamation.
    private readonly HashSet<OpenPin> _told = []; // each is logged once
    private long _measuredAt;
    private TimeSpan _took;

    /// <summary>Measures what pins keep, if one of them has a budget and the last time is long enough ago, and goes by it.</summary>
    public async ValueTask EnforceAsync(ReclamationOutlook outlook, CancellationToken cancellationToken)
    {
        _told.IntersectWith(outlook.Pins);
        if (!outlook.Pins.Any(p => p.Terms.BudgetBytes is not null) || time.GetElapsedTime(_measuredAt) < _took * PartOfTime)
        {
            return;
        }

        var began = time.GetTimestamp();
        await survey.MeasureAsync(outlook, cancellationToken).ConfigureAwait(false);
        _measuredAt = time.GetTimestamp();
        _took = time.GetElapsedTime(began, _measuredAt);
        foreach (var pin in outlook.Pins)
        {
            if (pin.Terms.BudgetBytes is { } budget && pin.Cost is { } cost)
            {
                Judge(pin, budget, cost.InMemory.Bytes + cost.Stored.Bytes);
            }
        }
    }

    private void Judge(OpenPin pin, long budget, long held)
    {
        var owner = pin.Owner ?? "a read";
        var revokes = pin.Terms.OverBudget == SnapshotBudgetPolicy.Revoke;
        if (revokes && held > budget)
        {
            pin.Revoke(new SnapshotRevokedException(owner, pin.Pin.At, budget, held));
            Log.SnapshotRevoked(logger, owner, pin.Pin.At, held, budget);
        }
        else if (held > (revokes ? budget - (budget / 4) : budget) && _told.Add(pin))
        {
            Log.SnapshotNearBudget(logger, owner, pin.Pin.At, held, budget);
        }
    }
}
