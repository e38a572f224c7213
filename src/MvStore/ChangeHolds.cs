using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MvStore.Committing;
using MvStore.Contracts;
using MvStore.Diagnostics;

namespace MvStore;

/// <summary>
/// The holds of changes. One note in the persistent tier lists them all. Their claims outlive the process as leases do (I29, I49): a claim is made before the note lists its hold, and ends after the note has forgotten it; what it is behind is
/// durable before that; all that the note lists are claimed again before a floor can rise, those past their limits too.
/// </summary>
internal sealed class ChangeHolds(
    CommitSequencer sequencer,
    ChangeTracker tracker,
    ChangeLineages lineages,
    IDurability? durable,
    TierNotes? notes,
    TimeProvider time,
    ILogger logger) : ILeaseExpiry
{
    private const string NoteName = "change-holds";

    // One change at a time, from the claim to the note.
    private readonly AsyncGate _changes = new();

    // Owner: whoever holds _changes, replaced whole. Release store; readers acquire.
    private ImmutableSortedDictionary<string, KeptChanges> _holds = ImmutableSortedDictionary.Create<string, KeptChanges>(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, KeptChanges> Current => Volatile.Read(ref _holds);

    /// <summary>What the note of a tier lists, each with the claim that the tracker is to begin with.</summary>
    /// <exception cref="PersistentTierException">It is damaged.</exception>
    public static List<(ChangeHold Hold, ChangeClaim Claim)> ListedIn(TierState recovered)
        => [.. ChangeHoldNote.Decode(recovered.Notes.GetValueOrDefault(NoteName)).Select(h => (h, new ChangeClaim(h.After.Sequence)))];

    /// <summary>Takes over what the note lists. Before anybody else has the store.</summary>
    public void Restore(IReadOnlyList<(ChangeHold Hold, ChangeClaim Claim)> listed)
    {
        var now = time.GetUtcNow();
        foreach (var (hold, claim) in listed)
        {
            var left = hold.ExpiresAt - now;
            claim.Limit = new AgeLimit(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            Volatile.Write(ref _holds, Current.SetItem(hold.Name, new KeptChanges(hold, claim.Limit, claim)));
        }
    }

    /// <summary>Gives up holds behind publications that are not there any more. Once, when everything that was durable is published again.</summary>
    public async ValueTask GiveUpLostAsync(ulong published, CancellationToken cancellationToken)
    {
        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        KeptChanges[] lost = [.. Current.Values.Where(h => h.Info.After.Sequence > published)];
        foreach (var hold in lost)
        {
            Log.ChangeHoldLost(logger, hold.Info.Name, hold.Info.After.Sequence, published);
        }

        await EndAsync(lost, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask EndExpiredAsync(CancellationToken cancellationToken)
    {
        if (Current.IsEmpty)
        {
            return;
        }

        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        KeptChanges[] expired = [.. Current.Values.Where(h => h.Limit.IsReached)];
        await EndAsync(expired, cancellationToken).ConfigureAwait(false);
        foreach (var hold in expired)
        {
            Log.ChangeHoldExpired(logger, hold.Info.Name, hold.Info.After.Sequence);
        }
    }

    public IReadOnlyList<ChangeHold> List() => [.. Current.Values.Where(h => !h.Limit.IsReached).Select(h => h.Info)];

    public async ValueTask<ChangeHold> HoldAsync(string name, ChangePosition after, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (durable is null || notes is null)
        {
            throw new DurabilityUnavailableException();
        }

        await lineages.BeginAsync(cancellationToken).ConfigureAwait(false);
        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        var sequence = lineages.Require(after, sequencer.Current.Sequence);

        // Besides the one before it, until the note lists the new one.
        var claim = sequencer.Exclusively(() => tracker.Claim(sequence)) ?? throw new ChangesReclaimedException(sequence, tracker.Reclaimed);
        var before = Current.GetValueOrDefault(name);
        try
        {
            await durable.WaitAsync(sequence, CommitVersion.Zero, cancellationToken).ConfigureAwait(false);
            var hold = new ChangeHold(name, after, EndOf(duration));
            var limit = new AgeLimit(duration, time);
            await SaveAsync(Current.SetItem(name, new KeptChanges(hold, limit, claim)), cancellationToken).ConfigureAwait(false);
            claim.Limit = limit;
            if (before is not null)
            {
                Release(before.Claim);
            }

            return hold;
        }
        catch when (!Current.TryGetValue(name, out var now) || !ReferenceEquals(now.Claim, claim))
        {
            Release(claim);
            throw;
        }
    }

    public async ValueTask<bool> ReleaseAsync(string name, CancellationToken cancellationToken)
    {
        using var change = await _changes.EnterAsync(cancellationToken).ConfigureAwait(false);
        if (!Current.TryGetValue(name, out var hold))
        {
            return false;
        }

        var wasHeld = !hold.Limit.IsReached;
        await EndAsync([hold], cancellationToken).ConfigureAwait(false);
        return wasHeld;
    }

    private async ValueTask EndAsync(KeptChanges[] ended, CancellationToken cancellationToken)
    {
        if (ended.Length == 0)
        {
            return;
        }

        await SaveAsync(Current.RemoveRange(ended.Select(h => h.Info.Name)), cancellationToken).ConfigureAwait(false);
        foreach (var hold in ended)
        {
            Release(hold.Claim);
        }
    }

    private void Release(ChangeClaim claim)
        => sequencer.Exclusively(() =>
        {
            tracker.Release(claim);
            return true;
        });

    private async ValueTask SaveAsync(ImmutableSortedDictionary<string, KeptChanges> holds, CancellationToken cancellationToken)
    {
        var note = ChangeHoldNote.Encode([.. holds.Values.Select(h => h.Info)]);
        if (note.Length > TierNote.MaxContentLength)
        {
            throw new ArgumentException($"So many holds of changes cannot be remembered: they take {note.Length} bytes, and {TierNote.MaxContentLength} are the most.");
        }

        await notes!.SetAsync(NoteName, note, cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _holds, holds);
    }

    private DateTimeOffset EndOf(TimeSpan duration)
    {
        var now = time.GetUtcNow();
        return duration < DateTimeOffset.MaxValue - now ? now + duration : DateTimeOffset.MaxValue;
    }
}
