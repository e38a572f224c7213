using System.Runtime.InteropServices;
using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>Walks what both tiers have, without changing anything. Reads the persistent tier in pages, as a scan does. Safe from any thread.</summary>
internal sealed class VersionSurvey(
    ISurveyable buffer,
    TierReads? tier,
    IPublicationSource publication,
    PersistenceOptions persistence,
    TimeProvider time)
{
    /// <summary>Asks the rule of everything in both tiers, and notes with each pin what it alone keeps.</summary>
    /// <returns>What was found in memory and in the persistent tier.</returns>
    public async ValueTask<(ReclamationLedger Memory, ReclamationLedger Stored)> MeasureAsync(ReclamationOutlook outlook, CancellationToken cancellationToken)
    {
        var memory = new ReclamationLedger(outlook.Rule);
        var stored = new ReclamationLedger(outlook.Rule);
        await WalkAsync(KeyRange.All, memory.Add, stored.Add, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        foreach (var same in outlook.Pins.GroupBy(p => p.Pin))
        {
            // Of two that see the same neither keeps anything alone.
            var isAlone = same.Count() == 1;
            foreach (var pin in same)
            {
                pin.Cost = isAlone
                    ? new SnapshotCost(memory.HeldAloneBy(pin.Pin), stored.HeldAloneBy(pin.Pin), now)
                    : new SnapshotCost(default, default, now);
            }
        }

        return (memory, stored);
    }

    /// <summary>Shows every key of a range with all its published entries: memory first, because what leaves it meanwhile is in the persistent tier (I5).</summary>
    public async ValueTask WalkAsync(KeyRange range, SurveyVisitor visitMemory, SurveyVisitor visitStored, CancellationToken cancellationToken)
    {
        var view = new TierView(CommitVersion.Latest, publication.Current.Sequence);
        buffer.Survey(range, view, visitMemory, cancellationToken);
        if (tier is not null)
        {
            await WalkTierAsync(tier, range, view, visitStored, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask WalkTierAsync(TierReads stored, KeyRange range, TierView view, SurveyVisitor visit, CancellationToken cancellationToken)
    {
        var key = ReadOnlyMemory<byte>.Empty;
        var entries = new List<SurveyEntry>(); // of that key; a page may end inside it
        TierPosition? after = null;
        do
        {
            var scan = new TierScan(
                range, view, TierScanMode.History, ScanDirection.Forward, persistence.ReadPageRows, persistence.MaxExaminedPerRead, after)
            {
                MaxBytes = persistence.ReadPageBytes,
            };
            var page = await stored.ScanAsync(scan, cancellationToken).ConfigureAwait(false);
            foreach (var row in page.Rows)
            {
                if (entries.Count > 0 && !key.Span.SequenceEqual(row.Key.Span))
                {
                    visit(key.Span, CollectionsMarshal.AsSpan(entries));
                    entries.Clear();
                }

                key = row.Key;
                entries.Add(new SurveyEntry(row.Version, row.Sequence, row.IsTombstone, row.Value?.Length ?? 0));
            }

            after = page.Next;
        }
        while (after is not null);

        if (entries.Count > 0)
        {
            visit(key.Span, CollectionsMarshal.AsSpan(entries));
        }
    }
}
