using MvStore.Tests.Contract;

namespace MvStore.Tests.Strategies;

/// <summary>What one seed decides of a store with all strategies: what is kept of each kind, and in which steps everything goes. What operators keep changes while the store runs.</summary>
internal sealed class StrategySettings
{
    private readonly Random _random;
    private readonly int _rows;
    private readonly int _step;

    public StrategySettings(int seed)
    {
        _random = new Random(seed);
        Default = new Retention(Pick<ulong?>(0, 0, 3, 10, null), Pick<TimeSpan?>(null, null, TimeSpan.FromMinutes(4)), Pick(1, 1, 2));
        OfSource = PickRetention();
        ReclaimsDeletedKeys = _random.Next(4) > 0;
        RaisesFloorsWithSlices = _random.Next(3) > 0;
        _rows = Pick(1, 2, 5, 1_000);
        _step = Pick(1, 3, 1_000);
    }

    /// <summary>What is kept of keys that are of no operator or source.</summary>
    public Retention Default { get; private set; }

    /// <summary>What is kept of the source's keys.</summary>
    public Retention OfSource { get; private set; }

    /// <summary>What is kept of the operators' keys, as their strategy is told.</summary>
    public OperatorRetentions OfOperators { get; } = new();

    /// <summary>Whether deleted keys go.</summary>
    public bool ReclaimsDeletedKeys { get; private set; }

    /// <summary>Whether reclamation has an interval, so that slices leave out what is let go at once. It is longer than any run.</summary>
    public bool RaisesFloorsWithSlices { get; }

    /// <summary>Whether something of a key that is deleted stays for ever, whatever the operators keep.</summary>
    public bool KeepsSomethingForEver
        => !ReclaimsDeletedKeys || ((Retention[])[Default, OfSource]).Any(kept => kept.KeepsDeletedKeys || kept.PerKey > 1 || (kept.Versions is null && kept.Age is null));

    /// <summary>Applies them to a store.</summary>
    public void Apply(MvStoreOptions options)
    {
        options.GarbageCollection.RetainVersions = Default.Versions;
        options.GarbageCollection.RetainAge = Default.Age;
        options.GarbageCollection.RetainPerKey = Default.PerKey;
        options.GarbageCollection.RetainByKind[EntryKind.Source(1)] = OfSource;
        options.GarbageCollection.ReclaimDeletedKeys = ReclaimsDeletedKeys;
        options.GarbageCollection.Interval = RaisesFloorsWithSlices ? TimeSpan.FromDays(20) : Timeout.InfiniteTimeSpan;
        options.Persistence.ReadPageRows = _rows;
        options.Persistence.ReclaimStepVersions = _step;
    }

    /// <summary>What is kept of a kind, as a run would be told now.</summary>
    public Retention Of(EntryKind kind)
        => kind == EntryKind.Source(1) ? OfSource
            : kind == EntryKind.Operator(1) && OfOperators.Current.TryGetValue(1, out var own) ? own
            : Default;

    /// <summary>The operators keep something else from the next run on.</summary>
    public void ChangeOperators(Random random)
        => OfOperators.Current = random.Next(4) == 0 ? new Dictionary<ulong, Retention>() : new Dictionary<ulong, Retention> { [1] = PickRetention() };

    /// <summary>From now on operators keep what all do, and from the next opening on nobody anything.</summary>
    public void KeepNothing()
    {
        OfOperators.Current = new Dictionary<ulong, Retention>();
        if (KeepsSomethingForEver)
        {
            Default = new Retention(0);
            OfSource = Default;
            ReclaimsDeletedKeys = true;
        }
    }

    public override string ToString()
        => $"default {Show(Default)}, source {Show(OfSource)}, deleted keys {(ReclaimsDeletedKeys ? "go" : "stay")}, "
            + $"floors rise {(RaisesFloorsWithSlices ? "with slices too" : "in runs")}, pages of {_rows}, steps of {_step}";

    private static string Show(Retention kept) => $"{kept.Versions} versions, {kept.Age}, {kept.PerKey} of each, life {kept.TimeToLive?.Duration} {kept.TimeToLive?.From}";

    private Retention PickRetention() => new(Pick<ulong?>(null, 0, 2, 8), Pick<TimeSpan?>(null, null, TimeSpan.FromMinutes(3)), Pick(1, 1, 2))
    {
        KeepsDeletedKeys = _random.Next(5) == 0,
        TimeToLive = Pick(null, null, TimeToLiveStart.LastUpdate, (TimeToLiveStart?)TimeToLiveStart.Creation) is { } from ? new TimeToLive(TimeSpan.FromMinutes(6), from) : null,
    };

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
