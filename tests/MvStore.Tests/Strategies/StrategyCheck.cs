using MvStore.Tests.Fixtures;

namespace MvStore.Tests.Strategies;

/// <summary>Compares a store with all publications that there were: what is read, what is pinned, how far floors rose, and what is left in the tier.</summary>
internal sealed class StrategyCheck(StrategySettings settings, IKeyClassifier kinds, PublishedHistory history, IReadOnlyList<PinnedView> views, IReadOnlyList<string> keys)
{
    private const int MaxRowsOnDisk = 1_000_000;
    private static readonly TierView Everything = new(CommitVersion.Latest, ulong.MaxValue);

    // By kind: as far as a floor may have risen by what was kept whenever it could, and as far as it rose.
    private readonly Dictionary<EntryKind, ulong> _highestAllowed = [];
    private readonly Dictionary<EntryKind, ulong> _highestSeen = [];

    // What the last run was told to keep.
    private readonly Dictionary<EntryKind, Retention> _told = [];

    // Keys that were dropped, which waives what is to be kept of them by count.
    private readonly HashSet<string> _dropped = [];

    /// <summary>A key was dropped.</summary>
    public void TakeNoteOfDrop(string key) => _dropped.Add(key);

    /// <summary>What the tier has: of each key the versions and sequences.</summary>
    public static async Task<ILookup<string, TierRow>> StoredAsync(StoreFixture fixture)
    {
        var scan = new TierScan(KeyRange.All, Everything, TierScanMode.History, ScanDirection.Forward, MaxRowsOnDisk);
        return (await fixture.Tier.ScanAsync(scan, CancellationToken.None)).Rows.ToLookup(row => Bytes.Text(row.Key));
    }

    /// <summary>The floor of each key, as the store tells when it is asked for one before everything.</summary>
    public async Task<IReadOnlyDictionary<string, ulong>> FloorsAsync(IMultiVersionStore store)
    {
        var floors = new Dictionary<string, ulong>();
        foreach (var key in keys)
        {
            try
            {
                await store.ReadAsync(key, CommitVersion.Zero);
                floors.Add(key, 0);
            }
            catch (BelowFloorException refused)
            {
                floors.Add(key, refused.Floor.Value);
            }
        }

        return floors;
    }

    /// <summary>Floors may have risen just now, by a run, or by a slice, which goes by what the last run was told.</summary>
    public void TakeNoteOfFloors(DateTimeOffset now, bool isRun)
    {
        foreach (var kind in KindsOfKeys())
        {
            _told[kind] = isRun ? settings.Of(kind) : _told.GetValueOrDefault(kind) ?? Retention.Everything;
            _highestAllowed[kind] = Math.Max(_highestAllowed.GetValueOrDefault(kind), Below(_told[kind], now));
        }
    }

    /// <summary>Floors keep the distance that they are to keep, and none went back (E3).</summary>
    public async Task RequireFloorsAsync(IMultiVersionStore store)
    {
        var ofKeys = await FloorsAsync(store);
        foreach (var kind in KindsOfKeys())
        {
            var floor = store.GetFloor(kind).Value;
            floor.Should().BeLessThanOrEqualTo(_highestAllowed.GetValueOrDefault(kind), $"{kind} keeps more");
            floor.Should().BeGreaterThanOrEqualTo(_highestSeen.GetValueOrDefault(kind), $"the floor of {kind} does not go back");
            _highestSeen[kind] = floor;
            ofKeys.Where(own => KindOf(own.Key) == kind).Should().OnlyContain(own => own.Value >= floor);
        }
    }

    /// <summary>A snapshot sees what it saw when it was opened (C1).</summary>
    public async Task RequireViewAsync(PinnedView view)
    {
        foreach (var key in keys)
        {
            if (view.Covers(key))
            {
                (await view.Snapshot.ReadAsync(key)).Should().Be(history.Show(key, view.At, view.Count), $"{key} was so for a snapshot at {view.At} of {view.Count}");
            }
            else
            {
                await Assert.ThrowsAsync<BelowFloorException>(() => view.Snapshot.ReadAsync(key));
            }
        }
    }

    /// <summary>New reads see everything at and above the floor, and are refused below it.</summary>
    public async Task RequireReadsAsync(IMultiVersionStore store, Random random)
    {
        foreach (var (key, floor) in await FloorsAsync(store))
        {
            (await store.ReadAsync(key)).Should().Be(history.Show(key, ulong.MaxValue, history.Count), $"{key} is so");
            var at = (ulong)random.NextInt64((long)floor, (long)Math.Max(floor, history.Highest) + 2);
            (await store.ReadAsync(key, at)).Should().Be(history.Show(key, at, history.Count), $"{key} was so at {at}, the floor is {floor}");
            (await store.ReadAsync(key, floor)).Should().Be(history.Show(key, floor, history.Count), $"{key} was so at its floor {floor}");
            if (floor > 0)
            {
                await Assert.ThrowsAsync<BelowFloorException>(() => store.ReadAsync(key, floor - 1));
            }
        }
    }

    /// <summary>The keys whose time may be over, and of each whether it is for certain.</summary>
    public IReadOnlyDictionary<string, bool> KeysThatAreOver(DateTimeOffset now)
    {
        var over = new Dictionary<string, bool>();
        foreach (var key in keys)
        {
            if (settings.Of(KindOf(key)).TimeToLive is not { } life || history.Find(key, ulong.MaxValue, history.Count) is not { Value: not null } newest)
            {
                continue;
            }

            if (now - newest.Time >= life.Duration)
            {
                over.Add(key, true);
            }
            else if (life.From == TimeToLiveStart.Creation
                && history.ChainOf(key, history.Count).TakeWhile(e => e.Value is not null).Any(e => now - e.Time >= life.Duration))
            {
                // The entry that tells may have gone.
                over.Add(key, false);
            }
        }

        return over;
    }

    /// <summary>The tier has what the rule asks for, and nothing else (E1, E2, E4, E8).</summary>
    /// <param name="fixture">The store, in which a run of reclamation has just ended.</param>
    /// <param name="flushed">How many publications are in the tier.</param>
    public async Task RequireStoredAsync(StoreFixture fixture, int flushed)
    {
        var stored = await StoredAsync(fixture);
        var floors = await FloorsAsync(fixture.Store);
        foreach (var key in keys)
        {
            var chain = history.ChainOf(key, flushed);
            var kind = KindOf(key);
            var kept = settings.Of(kind);
            var ofKey = floors[key] > fixture.Store.GetFloor(kind).Value;
            var below = chain.Where(e => e.Version <= floors[key]).ToList();
            var newest = below.FirstOrDefault();
            PublishedEntry[] above = [.. chain.Where(e => e.Version > floors[key])];
            ulong[] there = [.. stored[key].Select(row => row.Version.Value)];

            // Who may not read a key any more, because it began below its floor, keeps of it what he would see of what is left.
            PublishedEntry[] left = [.. chain.Where(e => there.Contains(e.Version))];
            PublishedEntry[] pinned = [.. views.Select(view => Seen(view.Covers(key) ? chain : left, view)).OfType<PublishedEntry>()];
            var perKey = ofKey ? 1 : kept.PerKey;

            // Where less was kept by count for a while, of what is there now the newest stay, which need not be those that would have.
            var wereAlwaysKept = !_dropped.Contains(key) && kind != EntryKind.Operator(1);
            HashSet<PublishedEntry> allowed = [.. above, .. wereAlwaysKept ? below.Take(perKey) : below, .. pinned];
            var goesWhole = newest is { Value: null } && (perKey == 1 || below.Count == 1) && settings.ReclaimsDeletedKeys && !kept.KeepsDeletedKeys
                && pinned.All(e => e.Version > newest.Version);
            if (goesWhole)
            {
                allowed.Remove(newest!);
            }

            PublishedEntry[] needed = [.. above, .. below.Take(1).Where(e => e.Value is not null), .. views.Where(v => v.Covers(key)).Select(v => Seen(chain, v)).Where(e => e is { Value: not null }).OfType<PublishedEntry>()];
            there.Should().BeSubsetOf(allowed.Select(e => e.Version), $"nothing asks for more of {key}, whose floor is {floors[key]}, than of {string.Join(' ', chain.Select(e => e.Version))}; it is {string.Join(' ', there)}");
            there.Except(pinned.Select(e => e.Version)).Count(version => version <= floors[key]).Should().BeLessThanOrEqualTo(perKey, $"that is what stays of {key}");
            needed.Select(e => e.Version).Should().BeSubsetOf(there, $"{key}, whose floor is {floors[key]}, needs it");
        }
    }

    private static PublishedEntry? Seen(IReadOnlyList<PublishedEntry> chain, PinnedView view) => chain.FirstOrDefault(e => e.Version <= view.At && e.Sequence <= view.Count);

    private EntryKind KindOf(string key) => kinds.Classify(Bytes.Of(key));

    private IEnumerable<EntryKind> KindsOfKeys() => keys.Select(KindOf).Distinct();

    private ulong Below(Retention kept, DateTimeOffset now)
    {
        if (kept.Versions is null && kept.Age is null)
        {
            return 0;
        }

        var byVersions = kept.Versions is { } versions ? history.Highest - Math.Min(versions, history.Highest) : ulong.MaxValue;
        return Math.Min(byVersions, kept.Age is { } age ? history.HighestBy(now - age) : history.Highest);
    }
}
