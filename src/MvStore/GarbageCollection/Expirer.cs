using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Removes keys whose time to live is over (DESIGN.md 3, Keys that expire; I40 to I44). A run walks over the newest entries of the keys in those zones where something can be over, and hands who may be over to
/// <see cref="ExpiryCommits"/>, some at a time. Whoever was updated meanwhile, or would have had to wait, is met again. Any thread; one run at a time.
/// </summary>
internal sealed class Expirer(
    ILiveKeys keys,
    ExpiryCommits commits,
    IPublicationSource publication,
    RetentionPolicy retention,
    VersionTimes? times,
    IKeyClassifier classifier,
    TierCapabilities capabilities,
    int keysPerRun)
{
    // What one commit removes at most. Small, so that few updates come in between, and nobody waits for its linking.
    private const int MostKeys = 256;
    private const int MostKeyBytes = 1 << 20;

    private readonly AsyncGate _runs = new();
    private readonly ExpiryZones _zones = new();
    private readonly int _mostKeys = Math.Min(MostKeys, capabilities.MaxBatchRows);
    private readonly long _mostKeyBytes = Math.Min(MostKeyBytes, capabilities.MaxBatchBytes);

    // Owner: the run. By term, a publication: no key that it met alive in the present zone can be over before time has come to it.
    private readonly Dictionary<(TimeSpan, TimeToLiveStart), ulong> _alive = [];

    // Owner: who opens the store, once. Release store; runs acquire.
    private IVersionProvider? _provider;

    /// <summary>Gives it where versions come from. Once, before anything can expire.</summary>
    public void Begin(IVersionProvider provider) => Volatile.Write(ref _provider, provider);

    /// <summary>Removes what is over, as far as one run goes. Asks no strategy: what lives for how long is as the last run of reclamation was told.</summary>
    /// <returns>How many keys it removed.</returns>
    /// <exception cref="VersionProviderException">There is no version for a commit.</exception>
    public async ValueTask<long> RunAsync(CancellationToken cancellationToken)
    {
        if (retention.Latest is not { } plan || !ExpiryTerms.IsIn(plan))
        {
            return 0;
        }

        if (times is null || Volatile.Read(ref _provider) is not { } provider)
        {
            throw new VersionProviderException("Keys have a time to live, and the store was opened without a version provider.");
        }

        using var run = await _runs.EnterAsync(cancellationToken).ConfigureAwait(false);
        return await WalkAsync(_zones, new ExpiryTerms(plan, times), step => commits.RemoveAsync(step, provider, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells how many keys the next run would remove, and changes nothing.</summary>
    /// <param name="plan">What is to be kept, as that run of reclamation would be told.</param>
    /// <param name="floors">The floors that it would leave in force.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<long> ForeseeAsync(RetentionPlan plan, FloorSet floors, CancellationToken cancellationToken)
    {
        if (!ExpiryTerms.IsIn(plan) || times is null || Volatile.Read(ref _provider) is null)
        {
            return 0;
        }

        using var run = await _runs.EnterAsync(cancellationToken).ConfigureAwait(false);
        return await WalkAsync(_zones.Copy(), new ExpiryTerms(plan, times), CountAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<int?> CountAsync(IReadOnlyList<ExpiryCandidate> step) => await commits.CountAsync(step, floors, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Walks as far as one run goes.</summary>
    /// <param name="zones">The zones; what is found out about them is kept there.</param>
    /// <param name="terms">Who lives for how long.</param>
    /// <param name="remove">Removes those keys of a step that are over, and tells how many; null when it would have had to wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many keys were removed.</returns>
    private async ValueTask<long> WalkAsync(
        ExpiryZones zones,
        ExpiryTerms terms,
        Func<IReadOnlyList<ExpiryCandidate>, ValueTask<int?>> remove,
        CancellationToken cancellationToken)
    {
        var published = publication.Current.Sequence;
        zones.Begin(terms);
        var expired = 0L;
        try
        {
            for (long examined = 0; examined < keysPerRun && zones.Next() is { } zone;)
            {
                _alive.Clear();
                long inZone = 0;
                TierPosition? after = null;
                do
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var page = await keys.ReadAsync(zone, after, cancellationToken).ConfigureAwait(false);
                    expired += await ExpireAsync(page, terms, remove, cancellationToken).ConfigureAwait(false);
                    inZone += Math.Max(1, page.Examined);
                    examined += Math.Max(1, page.Examined);
                    after = page.Next;
                    if (after is { IsInsideKey: false } end && inZone >= zones.KeysPerZone)
                    {
                        zones.Split(end.Key, inZone, _alive, published);
                        _alive.Clear();
                        inZone = 0;
                    }
                }
                while (after is not null && (examined < keysPerRun || inZone > 0));

                if (after is null)
                {
                    zones.Complete(inZone, _alive, published);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The store is closing. What is left over is found after the next opening.
        }

        return expired;
    }

    private async ValueTask<long> ExpireAsync(
        TierPage page,
        ExpiryTerms terms,
        Func<IReadOnlyList<ExpiryCandidate>, ValueTask<int?>> remove,
        CancellationToken cancellationToken)
    {
        var expired = 0L;
        foreach (var step in InSteps(await FindCandidatesAsync(page, terms, cancellationToken).ConfigureAwait(false)))
        {
            if (await remove(step).ConfigureAwait(false) is { } removed)
            {
                expired += removed;
            }
            else
            {
                step.ForEach(candidate => NoteAlive(candidate.Term, 0));
            }
        }

        return expired;
    }

    private async ValueTask<List<ExpiryCandidate>> FindCandidatesAsync(TierPage page, ExpiryTerms terms, CancellationToken cancellationToken)
    {
        var candidates = new List<ExpiryCandidate>();
        var updated = new List<ExpiryCandidate>();
        foreach (var row in page.Rows)
        {
            if (row.IsTombstone || terms.Find(classifier.Classify(row.Key.Span)) is not { } term)
            {
                continue;
            }

            if (row.Sequence <= term.Over)
            {
                candidates.Add(new ExpiryCandidate(row.Key, term));
            }
            else if (term.From == TimeToLiveStart.LastUpdate)
            {
                NoteAlive(term, row.Sequence);
            }
            else
            {
                updated.Add(new ExpiryCandidate(row.Key, term));
            }
        }

        foreach (var sameTerm in updated.GroupBy(candidate => candidate.Term))
        {
            await AddThoseThatWereThereAsync([.. sameTerm], sameTerm.Key, candidates, cancellationToken).ConfigureAwait(false);
        }

        candidates.Sort(static (x, y) => x.Key.Span.SequenceCompareTo(y.Key.Span));
        return candidates;
    }

    /// <summary>Of keys that were updated lately, and live for a time from their creation on, those that were there that long ago. What was not, was created later.</summary>
    private async ValueTask AddThoseThatWereThereAsync(
        List<ExpiryCandidate> updated,
        ExpiryTerm term,
        List<ExpiryCandidate> candidates,
        CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] asked = [.. updated.Select(candidate => candidate.Key)];
        var thereThen = await keys.FindAsync(asked, term.Over, cancellationToken).ConfigureAwait(false);
        var thereSoon = await keys.FindAsync(asked, term.Soon, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < asked.Length; i++)
        {
            if (thereThen[i] is { IsTombstone: false })
            {
                candidates.Add(updated[i]);
            }

            // One that was there may have been absent in between: it is not known when it was created.
            var first = thereThen[i] is { IsTombstone: false } || thereSoon[i] is { IsTombstone: false } ? term.Over : term.Soon;
            NoteAlive(term, first + 1);
        }
    }

    private List<List<ExpiryCandidate>> InSteps(List<ExpiryCandidate> candidates)
    {
        var steps = new List<List<ExpiryCandidate>>();
        long bytes = 0;
        foreach (var candidate in candidates)
        {
            bytes += candidate.Key.Length;
            if (steps.Count == 0 || steps[^1].Count == _mostKeys || bytes > _mostKeyBytes)
            {
                steps.Add([]);
                bytes = candidate.Key.Length;
            }

            steps[^1].Add(candidate);
        }

        return steps;
    }

    private void NoteAlive(ExpiryTerm term, ulong first)
        => _alive[term.Id] = Math.Min(first, _alive.GetValueOrDefault(term.Id, ulong.MaxValue));
}
