using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Removes keys that are over, by a commit each time (I40 to I43): watch them; wait until what had begun before is published; read them; take a version; commit the removal of those
/// that are over, unless somebody touched them meanwhile. One call at a time.
/// </summary>
/// <param name="keys">Reads them.</param>
/// <param name="commits">Watches and removes them.</param>
/// <param name="tellsOldValues">Whether there are listeners, who are told what the keys had.</param>
internal sealed class ExpiryCommits(ILiveKeys keys, IWatchedCommits commits, bool tellsOldValues)
{
    // How many versions below the floor a provider may hand out in a row: floors rise with slices, while a version is on its way.
    private const int MostVersions = 4;

    /// <summary>Removes those that are over.</summary>
    /// <param name="candidates">The keys, distinct and ascending, not too many for one commit.</param>
    /// <param name="provider">Where versions come from.</param>
    /// <param name="cancellationToken">Gives up; nothing is removed.</param>
    /// <returns>How many it removed; null when the commit would have had to wait, and nothing is removed.</returns>
    /// <exception cref="VersionProviderException">There is no version for the commit.</exception>
    public async ValueTask<int?> RemoveAsync(IReadOnlyList<ExpiryCandidate> candidates, IVersionProvider provider, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] watched = [.. candidates.Select(candidate => candidate.Key)];
        var watch = new KeyWatch(watched);
        try
        {
            // I42: in this order.
            await commits.WatchAsync(watch).ConfigureAwait(false);
            var (rows, over) = await DecideAsync(watched, candidates, floors: null, cancellationToken).ConfigureAwait(false);
            return over.Count == 0 || await TryCommitAsync(over, rows, watch, provider, cancellationToken).ConfigureAwait(false) ? over.Count : null;
        }
        finally
        {
            commits.EndWatch(watch);
        }
    }

    /// <summary>Tells how many it would remove, and removes none.</summary>
    /// <param name="candidates">The keys, as above.</param>
    /// <param name="floors">The floors that will be in force then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<int> CountAsync(IReadOnlyList<ExpiryCandidate> candidates, FloorSet floors, CancellationToken cancellationToken)
    {
        var (_, over) = await DecideAsync([.. candidates.Select(candidate => candidate.Key)], candidates, floors, cancellationToken).ConfigureAwait(false);
        return over.Count;
    }

    /// <summary>Reads keys and tells which are over, by their index.</summary>
    private async ValueTask<(TierRow?[] Rows, List<int> Over)> DecideAsync(
        ReadOnlyMemory<byte>[] read,
        IReadOnlyList<ExpiryCandidate> candidates,
        FloorSet? floors,
        CancellationToken cancellationToken)
    {
        var rows = await keys.FindAsync(read, ulong.MaxValue, cancellationToken).ConfigureAwait(false);
        var over = new List<int>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (rows[i] is { IsTombstone: false } row && await IsOverAsync(row, candidates[i].Term, floors, cancellationToken).ConfigureAwait(false))
            {
                over.Add(i);
            }
        }

        return (rows, over);
    }

    // I41: by publications, of none of which it is known that it was before it was.
    private async ValueTask<bool> IsOverAsync(TierRow row, ExpiryTerm term, FloorSet? floors, CancellationToken cancellationToken)
        => row.Sequence <= term.Over
            || (term.From == TimeToLiveStart.Creation && await keys.HasLivedSinceAsync(row.Key, term.Over, floors, cancellationToken).ConfigureAwait(false));

    /// <summary>Commits the removals.</summary>
    /// <param name="over">What to remove; loses what was touched meanwhile.</param>
    /// <param name="rows">What they are now.</param>
    /// <param name="watch">The watch that is set.</param>
    /// <param name="provider">Where versions come from.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when it would have had to wait.</returns>
    private async ValueTask<bool> TryCommitAsync(List<int> over, TierRow?[] rows, KeyWatch watch, IVersionProvider provider, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var version = await NextVersionAsync(provider, over, rows, cancellationToken).ConfigureAwait(false);
            try
            {
                var outcome = WatchedOutcome.Overtaken;
                while (over.Count > 0 && outcome == WatchedOutcome.Overtaken)
                {
                    watch.Required = over;
                    outcome = await commits.TryCommitAsync(RemovalOf(over, rows), version, watch, cancellationToken).ConfigureAwait(false);
                    if (outcome == WatchedOutcome.Overtaken)
                    {
                        over.RemoveAll(watch.IsKeyTouched);
                    }
                }

                return outcome != WatchedOutcome.Busy;
            }
            catch (CapacityExceededException)
            {
                return false;
            }
            catch (BelowFloorException e)
            {
                if (attempt == MostVersions)
                {
                    throw new VersionProviderException($"The version provider handed out {version}, and no commit can begin at it any more.", e);
                }
            }
            catch (DuplicateVersionException e)
            {
                throw new VersionProviderException($"The version provider handed out {version}, at which somebody else has committed.", e);
            }
        }
    }

    private static async ValueTask<CommitVersion> NextVersionAsync(
        IVersionProvider provider,
        List<int> over,
        TierRow?[] rows,
        CancellationToken cancellationToken)
    {
        CommitVersion version;
        try
        {
            version = await provider.NextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new VersionProviderException("The version provider threw.", e);
        }

        if (version < CommitVersion.Min || version > CommitVersion.Max)
        {
            throw new VersionProviderException($"The version provider handed out {version}; a version is {CommitVersion.Min} to {CommitVersion.Max}.");
        }

        foreach (var index in over)
        {
            if (rows[index]!.Value.Version is var newest && newest >= version)
            {
                throw new VersionProviderException($"The version provider handed out {version}, and a key that is to be removed has the version {newest}, which is not below it.");
            }
        }

        return version;
    }

    private WriteBatch RemovalOf(List<int> over, TierRow?[] rows)
    {
        var batch = new WriteBatch(over.Count);
        foreach (var index in over)
        {
            var row = rows[index]!.Value;
            _ = tellsOldValues ? batch.Unset(row.Key.Span, row.Value!.Value.Span) : batch.Remove(row.Key.Span);
        }

        return batch;
    }
}
