using MvStore.Committing;
using MvStore.Contracts;
using MvStore.GarbageCollection;

namespace MvStore;

/// <summary>
/// The times of a store, as far as it needs them: when which version was the visible one, for whoever keeps by age or reads at a time, and when which publication was made,
/// for keys that expire; and what keeps both over a reopening.
/// </summary>
internal sealed class StoreTimes : IDisposable
{
    // Owner: who puts the store together, before any other thread has it; never changes then.
    private CommitSequencer? _sequencer;

    /// <param name="parts">What the builder collected.</param>
    /// <param name="notes">Where the persistent tier keeps them; null without one.</param>
    public StoreTimes(StoreParts parts, TierNotes? notes)
    {
        Versions = CreateOfVersions(parts, notes);
        Publications = CreateOfPublications(parts, notes);
        Keeper = CreateKeeper(parts, notes);
    }

    /// <summary>Those of versions; null when commits need not look at the clock.</summary>
    public VersionTimes? Versions { get; }

    /// <summary>Those of publications; null when nothing expires.</summary>
    public VersionTimes? Publications { get; }

    /// <summary>What keeps them; null when nothing is kept.</summary>
    public VersionTimesKeeper? Keeper { get; }

    /// <summary>Takes note of who makes publications. Once, before anything else.</summary>
    public void Follow(CommitSequencer sequencer) => _sequencer = sequencer;

    /// <summary>Begins with what was recovered. Before anyone can commit.</summary>
    public async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        var hasForgotten = false;
        if (Versions is { } versions)
        {
            _sequencer!.TellVisible(recovered => hasForgotten |= versions.Begin(recovered));
        }

        if (Publications is { } publications)
        {
            _sequencer!.TellPublished(recovered => hasForgotten |= publications.Begin(recovered));
        }

        // Before anyone can commit: the times of what was lost must not be taken for those of what gets its versions and sequences, not after another crash either (T1).
        if (hasForgotten && Keeper is not null)
        {
            await Keeper.StoreAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        Versions?.Dispose();
        Publications?.Dispose();
    }

    private VersionTimes? CreateOfVersions(StoreParts parts, TierNotes? notes)
    {
        // Commits do not look at the clock for nothing.
        var resolution = NeedsExactTimes(parts) ? TimeSpan.Zero : parts.Options.GarbageCollection.TimeResolution;
        return resolution == Timeout.InfiniteTimeSpan
            ? null
            : new VersionTimes(parts.TimeProvider, VersionTimesKeeper.AtOpening(notes), resolution, LookAtVersions);
    }

    // Also where nothing expires now but did once: what is stored of publications that were lost must not outlive them (T1).
    private VersionTimes? CreateOfPublications(StoreParts parts, TierNotes? notes)
    {
        var stored = VersionTimesKeeper.AtOpening(notes, VersionTimesKeeper.PublicationsNoteName);
        var resolution = parts.Options.GarbageCollection.TimeResolution;
        return parts.VersionProvider is null && stored is null
            ? null
            : new VersionTimes(
                parts.TimeProvider,
                stored,
                resolution == Timeout.InfiniteTimeSpan ? new GarbageCollectionOptions().TimeResolution : resolution,
                LookAtPublications);
    }

    private VersionTimesKeeper? CreateKeeper(StoreParts parts, TierNotes? notes)
    {
        if (notes is null)
        {
            return null;
        }

        var ofPublications = Publications is null
            ? null
            : new VersionTimesKeeper(Publications, notes, LookAtPublications, parts.TimeProvider, VersionTimesKeeper.PublicationsNoteName);
        return Versions is null
            ? ofPublications
            : new VersionTimesKeeper(Versions, notes, LookAtVersions, parts.TimeProvider, VersionTimesKeeper.NoteName, ofPublications);
    }

    private void LookAtVersions() => _sequencer!.TellVisible(Versions!.Look);

    private void LookAtPublications() => _sequencer!.TellPublished(Publications!.Look);

    private static bool NeedsExactTimes(StoreParts parts)
        => parts.Strategies.Count > 0
            || parts.Options.GarbageCollection.RetainAge is not null
            || parts.Options.GarbageCollection.RetainByKind.Values.Any(own => own.Age is not null);
}
