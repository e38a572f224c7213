namespace MvStore.Conformance;

/// <summary>What a tier must answer, worked out the slow and obvious way over a list of all rows.</summary>
public sealed class TierOracle
{
    private List<TierRow> _rows = [];

    /// <summary>All rows, ascending by key, versions descending.</summary>
    public IReadOnlyList<TierRow> All => _rows;

    /// <summary>Adds rows.</summary>
    /// <param name="rows">The rows.</param>
    public void Apply(IEnumerable<TierRow> rows)
        => _rows = [.. _rows.Concat(rows).OrderBy(r => r.Key, KeyOrder.Instance).ThenByDescending(r => r.Version)];

    /// <summary>The newest visible row of each key that has one.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="view">What can be seen.</param>
    /// <returns>The rows in the order of the keys.</returns>
    public IEnumerable<TierRow> Get(IEnumerable<ReadOnlyMemory<byte>> keys, TierView view)
        => keys.SelectMany(key => _rows.Where(r => r.Key.Span.SequenceEqual(key.Span) && view.CanSee(r.Version, r.Sequence)).Take(1));

    /// <summary>The whole answer to a scan, as if it had no limits.</summary>
    /// <param name="scan">What is asked.</param>
    /// <returns>The rows.</returns>
    public IEnumerable<TierRow> Scan(TierScan scan)
    {
        var visible = _rows.Where(r => scan.Range.Contains(r.Key.Span) && scan.View.CanSee(r.Version, r.Sequence) && !IsDone(scan, r));
        if (scan.Mode == TierScanMode.History)
        {
            return visible;
        }

        var newest = visible.GroupBy(r => Convert.ToHexString(r.Key.Span)).Select(versions => versions.First());
        return scan.Direction == ScanDirection.Forward ? newest : newest.Reverse();
    }

    /// <summary>Whether a scan that goes on behind a position has passed an entry.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="row">The entry.</param>
    /// <returns>True when it has.</returns>
    public static bool IsDone(TierScan scan, TierRow row)
    {
        if (scan.After is not { } after)
        {
            return false;
        }

        var order = row.Key.Span.SequenceCompareTo(after.Key.Span);
        return order == 0 ? row.Version >= after.Version : order < 0 == (scan.Direction == ScanDirection.Forward);
    }

    /// <summary>Removes what a rule lets go.</summary>
    /// <param name="rule">The rule.</param>
    /// <returns>What was removed.</returns>
    public IReadOnlyList<TierRow> Reclaim(RetentionRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        List<TierRow> kept = [];
        List<TierRow> removed = [];
        foreach (var versions in _rows.GroupBy(r => Convert.ToHexString(r.Key.Span)))
        {
            var entries = versions.ToArray();
            var keep = new bool[entries.Length];
            rule.Decide(entries[0].Key.Span, entries.Select(r => new VersionStamp(r.Version, r.Sequence) { IsTombstone = r.IsTombstone }).ToArray(), keep);
            for (var i = 0; i < entries.Length; i++)
            {
                (keep[i] ? kept : removed).Add(entries[i]);
            }
        }

        _rows = kept;
        return removed;
    }
}
