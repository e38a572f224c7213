namespace MvStore.Sqlite.Writing;

/// <summary>
/// One step of reclamation (contract E1): collects whole keys, in key order, asks the rule, and deletes what may go. Only keys that have a row in the
/// table <c>history</c> are looked at, and, where deleted keys go, those that are deleted, which an index lists: of others the rule lets nothing go. It first reads and
/// then deletes, so that no row is deleted under the statement that walks over it.
/// </summary>
internal sealed class Reclaimer : IDisposable
{
    private readonly Statement _all;
    private readonly Statement _after;
    private readonly Statement _deletedAll;
    private readonly Statement _deletedAfter;
    private readonly Statement _olderOf;
    private readonly NewestRows _newest;
    private readonly CollectedKey _collected;
    private readonly DoomedRows _doomed;

    public Reclaimer(Connection connection)
    {
        const string Order = "ORDER BY key, version DESC";
        _all = connection.Prepare($"SELECT {CollectedKey.Columns} FROM history {Order}");
        _after = connection.Prepare($"SELECT {CollectedKey.Columns} FROM history WHERE key > ?1 {Order}");
        _deletedAll = connection.Prepare("SELECT key FROM current INDEXED BY deleted WHERE value IS NULL ORDER BY key");
        _deletedAfter = connection.Prepare("SELECT key FROM current INDEXED BY deleted WHERE value IS NULL AND key > ?1 ORDER BY key");
        _olderOf = connection.Prepare($"SELECT {CollectedKey.Columns} FROM history WHERE key = ?1 ORDER BY version DESC");
        _newest = new NewestRows(connection);
        _doomed = new DoomedRows(connection);
        _collected = new CollectedKey(_doomed);
    }

    /// <summary>The last key that was looked at, when the last step has reached the end; null when it found none.</summary>
    public ReadOnlyMemory<byte>? LastKey { get; private set; }

    /// <summary>Does one step. Inside a transaction.</summary>
    /// <param name="step">The step.</param>
    /// <param name="tally">Counts what a walk leaves; null for nobody.</param>
    /// <param name="cancellationToken">Ends it before anything is deleted.</param>
    public TierReclaimed Run(TierReclaimStep step, GarbageTally? tally, CancellationToken cancellationToken)
    {
        _doomed.Clear();
        LastKey = step.Keys is { Count: > 0 } asked ? asked[^1] : step.After;
        try
        {
            var (next, scanned) = step.Keys is { } keys
                ? LookAt(keys, step, cancellationToken)
                : LookAtAll(step, tally, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            _newest.Reset();
            _doomed.Delete();
            return new TierReclaimed(next, scanned, _doomed.Count, _doomed.Bytes);
        }
        finally
        {
            _collected.Clear();
            _newest.Reset();
        }
    }

    public void Dispose()
    {
        _all.Dispose();
        _after.Dispose();
        _deletedAll.Dispose();
        _deletedAfter.Dispose();
        _olderOf.Dispose();
        _newest.Dispose();
        _doomed.Dispose();
    }

    private (ReadOnlyMemory<byte>? Next, long Scanned) LookAtAll(TierReclaimStep step, GarbageTally? tally, CancellationToken cancellationToken)
    {
        var scanned = 0L;
        using var walk = new GarbageWalk(
            Open(_all, _after, step.After),
            step.Rule.Plan.ReclaimsDeletedKeys ? Open(_deletedAll, _deletedAfter, step.After) : null);
        for (var key = walk.NextKey(); key is not null; key = walk.NextKey())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryCollectNewest(key))
            {
                throw Damage.NoNewest(key);
            }

            for (scanned++; walk.IsIn(key); walk.MoveNext())
            {
                _collected.Add(walk.Older, key);
                scanned++;
            }

            _collected.Judge(step.Rule, key, isNext: true, tally);
            LastKey = key;
            if (scanned >= step.MaxVersions && !walk.IsAtEnd)
            {
                return (key, scanned);
            }
        }

        return (null, scanned);
    }

    private (ReadOnlyMemory<byte>? Next, long Scanned) LookAt(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierReclaimStep step,
        CancellationToken cancellationToken)
    {
        var scanned = 0L;
        var absent = 0L; // keys without an entry: they, too, take time
        for (var i = FirstAfter(keys, step.After); i < keys.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (CollectKey(keys[i].Span) is var entries and > 0)
            {
                scanned += entries;
                _collected.Judge(step.Rule, keys[i].ToArray(), isNext: false, tally: null);
            }
            else
            {
                absent++;
            }

            if (scanned + absent >= step.MaxVersions && i + 1 < keys.Count)
            {
                return (keys[i], scanned);
            }
        }

        return (null, scanned);
    }

    private static int FirstAfter(IReadOnlyList<ReadOnlyMemory<byte>> keys, ReadOnlyMemory<byte>? after)
    {
        var low = 0;
        var high = after is null ? 0 : keys.Count;
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            if (keys[middle].Span.SequenceCompareTo(after!.Value.Span) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private int CollectKey(ReadOnlySpan<byte> key)
    {
        if (!TryCollectNewest(key))
        {
            return 0;
        }

        _olderOf.BindBlob(1, key);
        try
        {
            var entries = 1;
            for (; _olderOf.Step(); entries++)
            {
                _collected.Add(_olderOf, key);
            }

            return entries;
        }
        finally
        {
            _olderOf.Reset();
        }
    }

    private bool TryCollectNewest(ReadOnlySpan<byte> key)
    {
        if (_newest.Find(key) is not { } row)
        {
            return false;
        }

        _collected.Add(row, key);
        return true;
    }

    private static Statement Open(Statement all, Statement behind, ReadOnlyMemory<byte>? after)
    {
        if (after is not { } last)
        {
            return all;
        }

        behind.BindBlob(1, last.Span);
        return behind;
    }
}
