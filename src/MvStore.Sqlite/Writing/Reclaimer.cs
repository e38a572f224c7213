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
    private readonly Statement _delete;
    private readonly List<VersionStamp> _stamps = []; // of the key the walk is in, newest first
    private readonly List<int> _valueLengths = [];    // of the same entries
    private readonly List<(byte[] Key, long Version)> _doomed = [];

    public Reclaimer(Connection connection)
    {
        const string Columns = "SELECT key, version, sequence, length(value) FROM entry";
        const string Order = "ORDER BY key, version DESC";
        _all = connection.Prepare($"{Columns} {Order}");
        _after = connection.Prepare($"{Columns} WHERE key > ?1 {Order}");
        _delete = connection.Prepare("DELETE FROM entry WHERE key = ?1 AND version = ?2");
    }

    /// <summary>Does one step. Inside a transaction.</summary>
    public TierReclaimed Run(TierReclaimStep step, CancellationToken cancellationToken)
    {
        _doomed.Clear();
        var scanned = 0L;
        var bytes = 0L;
        byte[]? key = null;
        var finished = true;
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
                        finished = false;
                        break;
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                    key = current.ToArray();
                }

                scanned++;
                _stamps.Add(new VersionStamp((ulong)EntryColumns.Version(row), (ulong)EntryColumns.Sequence(row)));
                _valueLengths.Add((int)row.Integer(3));
            }

            bytes += Judge(step.Rule, key);
        }
        finally
        {
            row.Reset();
            _stamps.Clear();
            _valueLengths.Clear();
        }

        cancellationToken.ThrowIfCancellationRequested();
        Delete();
        return new TierReclaimed(finished ? default(ReadOnlyMemory<byte>?) : key, scanned, _doomed.Count, bytes);
    }

    public void Dispose()
    {
        _all.Dispose();
        _after.Dispose();
        _delete.Dispose();
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
                    bytes += key.Length + _valueLengths[i];
                }
            }
        }

        _stamps.Clear();
        _valueLengths.Clear();
        return bytes;
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
