using System.Text;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>All rows of a tier, and what a rule lets go of them, worked out row by row.</summary>
internal sealed class GarbageModel
{
    private readonly SortedDictionary<string, List<TierRow>> _rows = new(StringComparer.Ordinal); // newest first

    /// <summary>Every row, ascending by key, versions descending.</summary>
    public IEnumerable<TierRow> All => _rows.Values.SelectMany(rows => rows);

    /// <summary>How many rows a walk would step over.</summary>
    /// <param name="withDeletions">Whether deletions count that are the newest of their keys.</param>
    public int OldRows(bool withDeletions) => _rows.Values.Sum(rows => rows.Count - 1 + (withDeletions && rows[0].IsTombstone ? 1 : 0));

    /// <summary>Adds rows.</summary>
    public void Apply(IEnumerable<TierRow> rows)
    {
        foreach (var row in rows)
        {
            var key = Encoding.UTF8.GetString(row.Key.Span);
            _rows.TryAdd(key, []);
            var at = _rows[key].FindIndex(r => r.Version < row.Version);
            _rows[key].Insert(at < 0 ? _rows[key].Count : at, row);
        }
    }

    /// <summary>How many rows a rule lets go.</summary>
    public int Garbage(RetentionRule rule) => _rows.Values.Sum(rows => Decide(rule, rows).Count(stays => !stays));

    /// <summary>Removes what a rule lets go.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="keys">Of these keys alone; null for all.</param>
    public int Reclaim(RetentionRule rule, IEnumerable<string>? keys = null)
    {
        var removed = 0;
        foreach (var key in (keys ?? _rows.Keys).Where(_rows.ContainsKey).ToArray())
        {
            var keep = Decide(rule, _rows[key]);
            removed += keep.Count(stays => !stays);
            _rows[key] = [.. _rows[key].Where((_, i) => keep[i])];
            if (_rows[key].Count == 0)
            {
                _rows.Remove(key);
            }
        }

        return removed;
    }

    private static bool[] Decide(RetentionRule rule, List<TierRow> rows)
    {
        var keep = new bool[rows.Count];
        rule.Decide(rows[0].Key.Span, rows.Select(r => new VersionStamp(r.Version, r.Sequence) { IsTombstone = r.IsTombstone }).ToArray(), keep);
        return keep;
    }
}
