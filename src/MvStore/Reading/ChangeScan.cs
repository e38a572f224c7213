using MvStore.Contracts;

namespace MvStore.Reading;

/// <summary>
/// Finds commits in history: entries are kept by key, so what was published behind a publication is found by a pass over all kept versions. What is too much to hold at once is left to
/// another pass, the later publications first. Whoever calls it makes sure afterwards that nothing of what it looked for had been removed (I48).
/// </summary>
internal sealed class ChangeScan(HistoryReader history, TieredReader tiers, IFloorSource floors)
{
    private const int BytesPerRow = 128;

    /// <summary>The commits between a publication and a view.</summary>
    /// <param name="after">The publication.</param>
    /// <param name="view">The view: everything up to its publication, at any version.</param>
    /// <param name="maxBytes">How much to hold at most, unless it is one commit.</param>
    /// <param name="cancellationToken">Cancels the pass.</param>
    public async ValueTask<ChangePass> ReadAsync(ulong after, TierView view, long maxBytes, CancellationToken cancellationToken)
    {
        var commits = new Dictionary<ulong, ScannedCommit>();
        var latestFirst = new PriorityQueue<ScannedCommit, ulong>();
        var last = view.Sequence;
        long bytes = 0;
        TierPosition? position = null;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = await history.ReadChunkAsync(KeyRange.All, position, view, cancellationToken).ConfigureAwait(false);
            foreach (var row in chunk.Rows)
            {
                if (row.Sequence <= after || row.Sequence > last)
                {
                    continue;
                }

                bytes += Keep(commits, latestFirst, row);
                while (bytes > maxBytes && commits.Count > 1)
                {
                    var latest = latestFirst.Dequeue();
                    bytes -= latest.Bytes;
                    commits.Remove(latest.Sequence);
                    last = latest.Sequence - 1;
                }
            }

            position = chunk.Next;
        }
        while (position is not null);

        return new ChangePass([.. commits.Values.OrderBy(c => c.Sequence)], last);
    }

    /// <summary>What a key had, at a version, before a publication; null if nothing.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> FindBeforeAsync(ReadOnlyMemory<byte> key, CommitVersion version, ulong sequence, CancellationToken cancellationToken)
    {
        while (true)
        {
            // No pin protects it: what was read under other floors is read again (I22).
            var before = floors.Current;
            var row = await tiers.FindAsync(key.Span, new TierView(version, sequence - 1), cancellationToken).ConfigureAwait(false);
            if (ReferenceEquals(floors.Current, before))
            {
                return row?.Value;
            }
        }
    }

    private static long Keep(Dictionary<ulong, ScannedCommit> commits, PriorityQueue<ScannedCommit, ulong> latestFirst, TierRow row)
    {
        if (!commits.TryGetValue(row.Sequence, out var commit))
        {
            commit = new ScannedCommit(row.Sequence, row.Version);
            commits.Add(row.Sequence, commit);
            latestFirst.Enqueue(commit, ulong.MaxValue - row.Sequence);
        }

        var bytes = BytesPerRow + row.Key.Length + (row.Value?.Length ?? 0);
        commit.Rows.Add(row);
        commit.Bytes += bytes;
        return bytes;
    }
}
