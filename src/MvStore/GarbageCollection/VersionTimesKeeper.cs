using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Keeps the times of versions in the persistent tier: at most once a minute, with the runs of reclamation, and when the store is closed. A crash loses what was learnt
/// since: the versions of that time then count as visible since the next opening, so that more is kept, not less. One call at a time.
/// </summary>
/// <param name="times">What is kept.</param>
/// <param name="notes">Where.</param>
/// <param name="look">Times what was not timed yet.</param>
/// <param name="time">The clock.</param>
/// <param name="name">Under which name.</param>
/// <param name="next">Another one, which does what this one is asked for, afterwards; null for none.</param>
internal sealed class VersionTimesKeeper(
    VersionTimes times,
    TierNotes notes,
    Action look,
    TimeProvider time,
    string name = VersionTimesKeeper.NoteName,
    VersionTimesKeeper? next = null)
{
    /// <summary>The name of the note with the times of versions.</summary>
    public const string NoteName = "version-times";

    /// <summary>The name of the note with the times of publications.</summary>
    public const string PublicationsNoteName = "publication-times";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // Owner: the run of reclamation, and whoever closes the store after the last one.
    private long _storedAt = time.GetTimestamp();

    /// <summary>What an earlier run stored; null if nothing.</summary>
    /// <exception cref="PersistentTierException">It is damaged.</exception>
    public static StoredTimes? AtOpening(TierNotes? notes, string name = NoteName)
        => notes?.AtOpening(name) is { IsEmpty: false } content ? StoredTimesCodec.Decode(content.Span) : null;

    /// <summary>Stores what is new, if it is time to.</summary>
    /// <exception cref="PersistentTierException">It was not stored.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public ValueTask StoreIfDueAsync(CancellationToken cancellationToken)
        => time.GetElapsedTime(_storedAt) >= Interval ? StoreAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Stores what is new.</summary>
    /// <exception cref="PersistentTierException">It was not stored.</exception>
    /// <exception cref="StoreFailedException">The store has stopped for writing.</exception>
    public async ValueTask StoreAsync(CancellationToken cancellationToken)
    {
        look();
        _storedAt = time.GetTimestamp();
        if (times.TakeChanged() is { } changed)
        {
            try
            {
                await notes.SetAsync(name, StoredTimesCodec.Encode(changed), cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                times.NoteNotStored();
                throw;
            }
        }

        if (next is not null)
        {
            await next.StoreAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
