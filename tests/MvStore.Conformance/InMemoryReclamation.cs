namespace MvStore.Conformance;

/// <summary>A step of reclamation over a sorted set of rows.</summary>
internal static class InMemoryReclamation
{
    public static TierReclaimed Step(SortedSet<TierRow> entries, TierReclaimStep step)
    {
        var range = step.After is { } after ? KeyRange.All.After(after.Span) : KeyRange.All;
        var rows = step.Keys is { } keys
            ? keys.Where(k => range.Contains(k.Span)).SelectMany(k => InMemoryRange.Of(entries, KeyRange.Exactly(k.Span)))
            : InMemoryRange.Of(entries, range);
        List<TierRow> chain = [];
        List<TierRow> doomed = [];
        var scanned = 0L;
        ReadOnlyMemory<byte>? next = null;
        foreach (var row in rows)
        {
            if (chain.Count > 0 && !chain[0].Key.Span.SequenceEqual(row.Key.Span))
            {
                doomed.AddRange(Doomed(chain, step.Rule));
                if (scanned >= step.MaxVersions)
                {
                    next = chain[0].Key;
                    chain.Clear();
                    break;
                }

                chain.Clear();
            }

            chain.Add(row);
            scanned++;
        }

        doomed.AddRange(Doomed(chain, step.Rule));
        foreach (var row in doomed)
        {
            entries.Remove(row);
        }

        return new TierReclaimed(next, scanned, doomed.Count, doomed.Sum(r => (long)r.Key.Length + (r.Value?.Length ?? 0)));
    }

    /// <summary>Removes what a slice that was just added supersedes and its rule lets go.</summary>
    public static void RemoveSuperseded(SortedSet<TierRow> entries, TierBatch batch)
    {
        if (batch.Rule is not { } rule)
        {
            return;
        }

        foreach (var row in batch.Rows)
        {
            // The newest of a key stays, deletions too: the rule is of a slice, and forgets none.
            var chain = InMemoryRange.Of(entries, KeyRange.Exactly(row.Key.Span)).ToList();
            foreach (var doomed in Doomed(chain, rule, mayForget: false).Where(d => d.Sequence <= batch.PreviousSequence))
            {
                entries.Remove(doomed);
            }
        }
    }

    private static TierRow[] Doomed(List<TierRow> chain, RetentionRule rule, bool mayForget = true)
    {
        if (chain.Count == 0)
        {
            return [];
        }

        var keep = new bool[chain.Count];
        rule.Decide(chain[0].Key.Span, chain.Select(r => new VersionStamp(r.Version, r.Sequence) { IsTombstone = r.IsTombstone && mayForget }).ToArray(), keep);
        return chain.Where((_, i) => !keep[i]).ToArray();
    }
}
