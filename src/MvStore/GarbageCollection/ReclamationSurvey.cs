using System.Runtime.InteropServices;
using MvStore.Contracts;

namespace MvStore.GarbageCollection;

/// <summary>
/// Looks at both tiers by the rule that a run of reclamation would go by now, and changes nothing (DESIGN.md 10; I25, I26): a preview of the run, what each pin
/// alone keeps, and the verdicts on one key. No run goes on meanwhile. Safe from any thread.
/// </summary>
internal sealed class ReclamationSurvey(Reclaimer reclaimer, Expirer expirer, VersionSurvey survey, IKeyClassifier classifier)
{
    /// <summary>What a run would do now.</summary>
    public async ValueTask<ReclamationPreview> PreviewAsync(CancellationToken cancellationToken)
    {
        var (preview, rule) = await reclaimer.LookAheadAsync(outlook => PreviewAsync(outlook, cancellationToken), cancellationToken).ConfigureAwait(false);

        // Not while runs are kept from going on: one of expiry may be waiting for the host, whose commits wait for the room that reclamation makes.
        var expired = await expirer.ForeseeAsync(rule.Plan, rule.Floors, cancellationToken).ConfigureAwait(false);
        return preview with { Report = preview.Report with { ExpiredKeys = expired } };
    }

    /// <summary>The verdict on each version of a key.</summary>
    public ValueTask<KeyExplanation> ExplainAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
        => reclaimer.LookAheadAsync(outlook => ExplainAsync(outlook, key, cancellationToken), cancellationToken);

    private async ValueTask<(ReclamationPreview Preview, RetentionRule Rule)> PreviewAsync(ReclamationOutlook outlook, CancellationToken cancellationToken)
    {
        var (memory, stored) = await survey.MeasureAsync(outlook, cancellationToken).ConfigureAwait(false);
        var inMemory = memory.Of(RetentionReason.Reclaimable);
        var onDisk = stored.Of(RetentionReason.Reclaimable);
        var report = new ReclamationReport(
            outlook.Rule.Floors.Default,
            outlook.Rule.Pins.Count,
            outlook.IsDue ? memory.Versions + stored.Versions : 0,
            outlook.IsDue ? inMemory.Versions + onDisk.Versions : 0,
            outlook.IsDue ? inMemory.Bytes + onDisk.Bytes : 0);
        SnapshotInfo[] pins = [.. outlook.Pins.OrderBy(p => p.Pin.At).ThenBy(p => p.Id).Select(p => p.ToInfo())];
        return (new ReclamationPreview(report, memory.ByReason(), stored.ByReason(), pins), outlook.Rule);
    }

    private async ValueTask<KeyExplanation> ExplainAsync(ReclamationOutlook outlook, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        var inMemory = new List<SurveyEntry>();
        var stored = new List<SurveyEntry>();
        await survey.WalkAsync(
            KeyRange.Exactly(key.Span),
            (_, entries) => inMemory.AddRange(entries),
            (_, entries) => stored.AddRange(entries),
            cancellationToken).ConfigureAwait(false);
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
}
