using System.Runtime.InteropServices;
using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Looks at both tiers by the rule that a run of reclamation would go by now, and changes nothing (DESIGN.md 10; I25, I26): a preview of the run, what each pin
/// alone keeps, and the verdicts on one key. No run goes on meanwhile. Reads the persistent tier in pages, as a scan does. Safe from any thread.
/// </summary>
internal sealed class ReclamationSurvey(
    Reclaimer reclaimer,
    ISurveyable buffer,
    TierReads? tier,
    IPublicationSource publication,
    IKeyClassifier classifier,
    PersistenceOptions persistence,
    TimeProvider time)
{
    /// <summary>What a run would do now.</summary>
    public ValueTask<ReclamationPreview> PreviewAsync(CancellationToken cancellationToken)
        => reclaimer.LookAheadAsync(outlook => PreviewAsync(outlook, cancellationToken), cancellationToken);

    /// <summary>The verdict on each version of a key.</summary>
    public ValueTask<KeyExplanation> ExplainAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
        => reclaimer.LookAheadAsync(outlook => ExplainAsync(outlook, key, cancellationToken), cancellationToken);

    private async ValueTask<ReclamationPreview> PreviewAsync(ReclamationOutlook outlook, CancellationToken cancellationToken)
    {
        var memory = new ReclamationLedger(outlook.Rule);
        var stored = new ReclamationLedger(outlook.Rule);
        var view = new TierView(CommitVersion.Latest, publication.Current.Sequence);
        buffer.Survey(KeyRange.All, view, memory.Add, cancellationToken);
        await SurveyTierAsync(KeyRange.All, view, stored.Add, cancellationToken).ConfigureAwait(false);

        var inMemory = memory.Of(RetentionReason.Reclaimable);
        var onDisk = stored.Of(RetentionReason.Reclaimable);
        var report = new ReclamationReport(
            outlook.Rule.Floors.Default,
            outlook.Rule.Pins.Count,
            outlook.IsDue ? memory.Versions + stored.Versions : 0,
            outlook.IsDue ? inMemory.Versions + onDisk.Versions : 0,
            outlook.IsDue ? inMemory.Bytes + onDisk.Bytes : 0);
        return new ReclamationPreview(report, memory.ByReason(), stored.ByReason(), CostsOf(outlook.Pins, memory, stored));
    }

    private SnapshotInfo[] CostsOf(IReadOnlyList<OpenPin> pins, ReclamationLedger memory, ReclamationLedger stored)
    {
        var now = time.GetUtcNow();
        foreach (var same in pins.GroupBy(p => p.Pin))
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

        return [.. pins.OrderBy(p => p.Pin.At).ThenBy(p => p.Id).Select(p => p.ToInfo())];
    }

    private async ValueTask<KeyExplanation> ExplainAsync(ReclamationOutlook outlook, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        var inMemory = new List<SurveyEntry>();
        var stored = new List<SurveyEntry>();
        var range = KeyRange.Exactly(key.Span);
        var view = new TierView(CommitVersion.Latest, publication.Current.Sequence);

        // Memory first: what leaves it meanwhile is in the persistent tier (I5).
        buffer.Survey(range, view, (_, entries) => inMemory.AddRange(entries), cancellationToken);
        await SurveyTierAsync(range, view, (_, entries) => stored.AddRange(entries), cancellationToken).ConfigureAwait(false);

        SurveyEntry[] both = [.. inMemory.UnionBy(stored, e => e.Version).OrderByDescending(e => e.Version)];
        var ledger = new ReclamationLedger(outlook.Rule);
        var reasons = ReasonsOf(ledger.Judge(key.Span, both));
        var ofMemory = ReasonsByVersion(ledger, key.Span, inMemory);
        var ofStored = ReasonsByVersion(ledger, key.Span, stored);
        var seenBy = PinsByEntry(outlook.Pins, key.Span, ledger.StampsOf(both));
        var versions = new VersionExplanation[both.Length];
        for (var i = 0; i < both.Length; i++)
        {
            var entry = both[i];
            versions[i] = new VersionExplanation(entry.Version, entry.Sequence, reasons[i])
            {
                IsTombstone = entry.IsTombstone,
                Bytes = key.Length + entry.ValueBytes,
                InMemory = ofMemory.TryGetValue(entry.Version, out var there) ? there : null,
                Stored = ofStored.TryGetValue(entry.Version, out var onDisk) ? onDisk : null,
                Pins = [.. seenBy[i].Select(pin => pin.ToInfo())],
            };
        }

        return new KeyExplanation(classifier.Classify(key.Span), outlook.Rule.Floors.Of(key.Span, classifier), versions);
    }

    private static Dictionary<CommitVersion, RetentionReason> ReasonsByVersion(ReclamationLedger ledger, ReadOnlySpan<byte> key, List<SurveyEntry> entries)
    {
        var reasons = ReasonsOf(ledger.Judge(key, CollectionsMarshal.AsSpan(entries)));
        return entries.Zip(reasons).ToDictionary(e => e.First.Version, e => e.Second);
    }

    private static RetentionReason[] ReasonsOf(ReadOnlySpan<RetentionVerdict> verdicts)
    {
        var reasons = new RetentionReason[verdicts.Length];
        for (var i = 0; i < reasons.Length; i++)
        {
            reasons[i] = verdicts[i].Reason;
        }

        return reasons;
    }

    private static ILookup<int, OpenPin> PinsByEntry(IReadOnlyList<OpenPin> pins, ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst)
    {
        var seen = new List<(int Entry, OpenPin Pin)>();
        foreach (var pin in pins)
        {
            seen.Add((RetentionRule.IndexSeenBy(pin.Pin, key, newestFirst), pin));
        }

        return seen.ToLookup(s => s.Entry, s => s.Pin);
    }

    private async ValueTask SurveyTierAsync(KeyRange range, TierView view, SurveyVisitor visit, CancellationToken cancellationToken)
    {
        if (tier is null)
        {
            return;
        }

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
            var page = await tier.ScanAsync(scan, cancellationToken).ConfigureAwait(false);
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
