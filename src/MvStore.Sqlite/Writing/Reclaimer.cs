using System.Runtime.InteropServices;

namespace MvStore.Sqlite.Writing;

/// <summary>
/// One step of reclamation (contract E1): loads the stamps of whole keys, in key order, asks the rule, and deletes what may go. It first
/// reads and then deletes, so that no row is deleted under the statement that walks over it.
/// </summary>
internal sealed class Reclaimer : IDisposable
{
    private readonly Statement _all;
    private readonly Statement _after;
    private readonly Statement _one;
    private readonly Statement _delete;
    private readonly List<VersionStamp> _stamps = []; // of the key the walk is in, newest first
    private readonly List<int> _valueLengths = [];    // of the same entries
    private readonly List<(byte[] Key, long Version)> _doomed = [];
    private readonly List<(byte[] Key, long Version)> _hiding = []; // kept rows right above doomed ones
    private readonly Statement _row;

    public Reclaimer(Connection connection)
    {
        const string Columns = "SELECT key, version, sequence, length(value) FROM entry";
        const string Order = "ORDER BY key, version DESC";
        _all = connection.Prepare($"{Columns} {Order}");
        _after = connection.Prepare($"{Columns} WHERE key > ?1 {Order}");
        _one = connection.Prepare($"{Columns} WHERE key = ?1 ORDER BY version DESC");
        _row = connection.Prepare($"SELECT {Schema.EntryColumnList} FROM entry WHERE key = ?1 AND version = ?2");
        _delete = connection.Prepare("DELETE FROM entry WHERE key = ?1 AND version = ?2");
    }

    /// <summary>Does one step. Inside a transaction.</summary>
    public TierReclaimed Run(TierReclaimStep step, CancellationToken cancellationToken)
    {
        _doomed.Clear();
        _hiding.Clear();
        var (next, scanned, bytes) = step.Keys is { } keys
            ? LookAt(keys, step, cancellationToken)
            : LookAtAll(step, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        RequireIntact(_doomed);
        RequireIntact(_hiding);
        Delete();
        return new TierReclaimed(next, scanned, _doomed.Count, bytes);
    }

    public void Dispose()
    {
        _all.Dispose();
        _after.Dispose();
        _one.Dispose();
        _row.Dispose();
        _delete.Dispose();
    }

    private (ReadOnlyMemory<byte>? Next, long Scanned, long Bytes) LookAtAll(TierReclaimStep step, CancellationToken cancellationToken)
    {
        var scanned = 0L;
        var bytes = 0L;
        byte[]? key = null;
        var row = Open(step.After);
        try
        {
            while (row.Step())
            {
                var current = EntryColumns.Key(row);
                if (key is null || !current.SequenceEqual(key))
                {
                    bytes += Judge(step.Rule, key);
                    if (scanned >= step.MaxVersions)
                    {
                        return (key, scanned, bytes);
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                    key = current.ToArray();
                }

                scanned++;
                Note(row);
            }

            bytes += Judge(step.Rule, key);
            return (null, scanned, bytes);
        }
        finally
        {
            row.Reset();
            _stamps.Clear();
            _valueLengths.Clear();
        }
    }

    private (ReadOnlyMemory<byte>? Next, long Scanned, long Bytes) LookAt(
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        TierReclaimStep step,
        CancellationToken cancellationToken)
    {
        var scanned = 0L;
        var bytes = 0L;
        var absent = 0L; // keys without an entry: they, too, take time
        for (var i = FirstAfter(keys, step.After); i < keys.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _one.BindBlob(1, keys[i].Span);
            var before = scanned;
            try
            {
                while (_one.Step())
                {
                    scanned++;
                    Note(_one);
                }

                bytes += Judge(step.Rule, keys[i].ToArray());
            }
            finally
            {
                _one.Reset();
                _stamps.Clear();
                _valueLengths.Clear();
            }

            absent += scanned == before ? 1 : 0;
            if (scanned + absent >= step.MaxVersions && i + 1 < keys.Count)
            {
                return (keys[i], scanned, bytes);
            }
        }

        return (null, scanned, bytes);
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

    private void Note(Statement row)
    {
        _stamps.Add(new VersionStamp((ulong)EntryColumns.Version(row), (ulong)EntryColumns.Sequence(row)));
        _valueLengths.Add((int)row.Integer(3));
    }

    private Statement Open(ReadOnlyMemory<byte>? after)
    {
        if (after is not { } last)
        {
            return _all;
        }

        _after.BindBlob(1, last.Span);
        return _after;
    }

    // Asks the rule about the key the walk has left, and returns the bytes that go.
    private long Judge(RetentionRule rule, byte[]? key)
    {
        if (key is null || _stamps.Count == 0)
        {
            return 0;
        }

        var stamps = CollectionsMarshal.AsSpan(_stamps);
        var keep = stamps.Length <= 256 ? stackalloc bool[stamps.Length] : new bool[stamps.Length];
        var bytes = 0L;
        if (rule.Decide(key, stamps, keep) > 0)
        {
            for (var i = 0; i < keep.Length; i++)
            {
                if (!keep[i])
                {
                    _doomed.Add((key, (long)stamps[i].Version.Value));
                    if (i > 0 && keep[i - 1])
                    {
                        _hiding.Add((key, (long)stamps[i - 1].Version.Value));
                    }

                    bytes += key.Length + _valueLengths[i];
                }
            }
        }

        _stamps.Clear();
        _valueLengths.Clear();
        return bytes;
    }

    // Nothing goes on the word of a damaged row: it may be another version than it says.
    private void RequireIntact(List<(byte[] Key, long Version)> rows)
    {
        foreach (var (key, version) in rows)
        {
            _row.BindBlob(1, key);
            _row.BindInteger(2, version);
            try
            {
                if (!_row.Step())
                {
                    throw Damage.Entry(key, version, 0);
                }

                EntryColumns.Check(_row);
            }
            finally
            {
                _row.Reset();
            }
        }
    }

    private void Delete()
    {
        foreach (var (key, version) in _doomed)
        {
            _delete.BindBlob(1, key);
            _delete.BindInteger(2, version);
            _delete.Run();
        }
    }
}
