namespace MvStore.Remote;

/// <summary>Steps of reclamation: whole keys are read, the rule is asked here, and what it lets go is deleted in one request.</summary>
internal sealed class RemoteReclamation(RemoteNetwork network)
{
    private const int RowsAtOnce = 64;

    public async ValueTask<TierReclaimed> StepAsync(ulong epoch, TierReclaimStep step, CancellationToken cancellationToken)
    {
        var range = step.After is { } after ? KeyRange.All.After(after.Span) : KeyRange.All;
        var parts = step.Keys is { } keys
            ? keys.Where(k => range.Contains(k.Span)).Select(k => (RowCodec.Row(RowCodec.EntryTable, k.Span), RowCodec.EndOf(RowCodec.EntryTable, k.Span)))
            : [(step.After is { } a ? RowCodec.EndOf(RowCodec.EntryTable, a.Span) : [RowCodec.EntryTable], RowCodec.EndOf(RowCodec.EntryTable))];
        var sweep = new RemoteSweep(step);
        ulong? mark = null;
        foreach (var (first, to) in parts)
        {
            var from = first;
            while (!sweep.IsThrough)
            {
                var request = new RemoteRequest(epoch) { Reads = [new RemoteRange(from, to, RowsAtOnce), new RemoteRange(RowCodec.Mark, RowCodec.Highest, 1)] };
                var reply = RemoteTier.Checked(await network.SendAsync(request, cancellationToken).ConfigureAwait(false));
                mark ??= reply.Rows[1] is [var row] ? RowCodec.Number(row.Value) : 0;
                foreach (var entry in reply.Rows[0])
                {
                    sweep.Add(RowCodec.ToRow(entry));
                }

                if (reply.Rows[0].Count < RowsAtOnce)
                {
                    break;
                }

                from = [.. reply.Rows[0][^1].Key, 0];
            }
        }

        sweep.End();
        if (sweep.Deletions.Count > 0)
        {
            await DeleteAsync(epoch, mark ?? 0, sweep.Deletions, cancellationToken).ConfigureAwait(false);
        }

        return sweep.Done;
    }

    // Only as long as nothing was added since the entries were read: a key without entries leaves the directory.
    private async ValueTask DeleteAsync(ulong epoch, ulong mark, IReadOnlyList<byte[]> rows, CancellationToken cancellationToken)
    {
        var reply = await network.SendAsync(new RemoteRequest(epoch) { ExpectedMark = mark, Deletions = rows }, cancellationToken).ConfigureAwait(false);
        if (reply.Status == RemoteStatus.OtherMark)
        {
            throw new PersistentTierException(TierFailure.Transient, "Entries were added meanwhile.");
        }

        RemoteTier.Checked(reply);
    }
}
