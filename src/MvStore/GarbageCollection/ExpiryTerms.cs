namespace MvStore.GarbageCollection;

/// <summary>Which kinds of keys live for how long, as one run goes by it. Not safe for concurrent use.</summary>
internal sealed class ExpiryTerms
{
    private readonly Dictionary<EntryKind, ExpiryTerm?> _byKind = [];
    private readonly ExpiryTerm? _byDefault;

    /// <summary>The terms of a plan. Times are those of this call.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="times">The times of publications.</param>
    public ExpiryTerms(RetentionPlan plan, VersionTimes times)
    {
        _byDefault = TermOf(plan.Default, times);
        foreach (var (kind, own) in plan.ByKind)
        {
            if (TermOf(own, times) is var term && (term is not null || _byDefault is not null))
            {
                _byKind.Add(kind, term);
            }
        }

        All = [.. _byKind.Values.Append(_byDefault).OfType<ExpiryTerm>().DistinctBy(term => term.Id)];
    }

    /// <summary>Every term, each once.</summary>
    public ExpiryTerm[] All { get; }

    /// <summary>Whether a plan lets keys of any kind expire.</summary>
    public static bool IsIn(RetentionPlan plan) => plan.Default.TimeToLive is not null || plan.ByKind.Values.Any(own => own.TimeToLive is not null);

    /// <summary>The term of a kind; null if its keys live as long as nobody deletes them.</summary>
    public ExpiryTerm? Find(EntryKind kind) => _byKind.TryGetValue(kind, out var term) ? term : _byDefault;

    /// <summary>Whether every kind has the same term in both.</summary>
    public bool AreThoseOf(ExpiryTerms other)
        => other._byDefault?.Id == _byDefault?.Id
            && other._byKind.Count == _byKind.Count
            && _byKind.All(own => other._byKind.TryGetValue(own.Key, out var term) && term?.Id == own.Value?.Id);

    private static ExpiryTerm? TermOf(Retention retention, VersionTimes times)
        => retention.TimeToLive is { Duration: var duration, From: var from }
            ? new ExpiryTerm(duration, from, times.VisibleBefore(duration).Value, times.VisibleBefore(duration / 4 * 3).Value)
            : null;
}
