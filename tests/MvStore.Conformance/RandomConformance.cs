namespace MvStore.Conformance;

/// <summary>Every member in random order against <see cref="TierOracle"/>. A failure names the seed and the step.</summary>
/// <typeparam name="TLocation">The place of the tier under test.</typeparam>
public abstract class RandomConformance<TLocation> : TierSuite<TLocation>
    where TLocation : ITierLocation, new()
{
    private const int Steps = 250;

    private static readonly byte[][] Alphabet =
    [
        [], [0], [0, 0], [0, 0xFF], [(byte)'a'], [(byte)'a', 0], [(byte)'o', 1], [(byte)'o', 2],
        [(byte)'s'], [(byte)'s', 0xFF], [0x7F], [0x80], [0xFF], [0xFF, 0], [0xFF, 0xFF],
    ];

    private readonly TierOracle _oracle = new();
    private readonly HashSet<(string Key, ulong Version)> _used = []; // never to be written again, reclaimed or not
    private FloorSet _floors = FloorSet.None;
    private CommitVersion _highest;
    private HashSet<(string Key, ulong Version)> _drops = []; // not in force yet

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task F2_RandomOperationsAgreeWithTheOracle(int seed)
    {
        // The next step depends on nothing but the seed: replay by this test with the seed of the message.
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            try
            {
                await StepAsync(random);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}, step {step}: {e.Message}", e);
            }
        }
    }

    private Task StepAsync(Random random) => random.Next(100) switch
    {
        < 35 => ApplyAsync(random),
        < 50 => GetAsync(random),
        < 80 => ScanAsync(random),
        < 86 => RaiseFloorAsync(random),
        < 94 => ReclaimAsync(random),
        _ => ReopenAndCheckAsync(),
    };

    private async Task ApplyAsync(Random random)
    {
        var rows = new List<TierRow>();
        var publications = random.Next(1, 4);
        for (var i = random.Next(0, 12); i > 0; i--)
        {
            var key = Alphabet[random.Next(Alphabet.Length)];
            var version = random.Next(20) == 0 ? CommitVersion.Max.Value - (ulong)random.Next(3) : (ulong)random.Next(1, 400);
            if (_used.Add((Convert.ToHexString(key), version)))
            {
                rows.Add(new TierRow(key, version, Durable + (ulong)random.Next(1, publications + 1), Value(random)));
            }
        }

        var drops = Enumerable.Range(0, random.Next(3))
            .Select(_ => new KeyFloor(Alphabet[random.Next(Alphabet.Length)], (ulong)random.Next(1, 400)))
            .OrderBy(d => d.Key, KeyOrder.Instance).ThenBy(d => d.Version).ToArray();
        await ApplyAsync(drops, [.. rows]);
        _oracle.Apply(rows);
        _drops.UnionWith(drops.Select(Text));
        _highest = rows.Select(r => r.Version).Append(_highest).Max();
    }

    private static ReadOnlyMemory<byte>? Value(Random random)
    {
        var value = new byte[random.Next(20) switch { 0 => 40_000, < 4 => 0, < 12 => 3, _ => 100 }];
        random.NextBytes(value);
        return random.Next(4) == 0 ? default(ReadOnlyMemory<byte>?) : value;
    }

    private async Task GetAsync(Random random)
    {
        ReadOnlyMemory<byte>[] keys =
            [.. Alphabet.Where(_ => random.Next(2) == 0).Select(k => new ReadOnlyMemory<byte>(k)).OrderBy(k => k, KeyOrder.Instance).Take(Capabilities.MaxReadKeys)];
        var view = View(random);
        Rows.Texts(await Tier.GetAsync(keys, view, default)).Should().Equal(Rows.Texts(_oracle.Get(keys, view)), "of {0}", view);
    }

    private async Task ScanAsync(Random random)
    {
        var range = Range(random);
        var history = random.Next(2) == 0;
        var scan = new TierScan(
            range,
            View(random),
            history ? TierScanMode.History : TierScanMode.Newest,
            !history && random.Next(2) == 0 ? ScanDirection.Reverse : ScanDirection.Forward,
            random.Next(1, 12),
            random.Next(2) == 0 ? int.MaxValue : random.Next(1, 15),
            Position(random, range));
        Rows.Texts(await TierPaging.ReadAllAsync(Tier, scan)).Should().Equal(Rows.Texts(_oracle.Scan(scan)), "of {0}", scan);
    }

    private async Task RaiseFloorAsync(Random random)
    {
        // As the engine does it: drops up to a version come into force, and floors that their kind has passed are left out.
        var kinds = new FloorSet((ulong)random.Next(100), [new(EntryKind.Source(1), (ulong)random.Next(200))]);
        var bound = (ulong)random.Next(400);
        var force = _drops.Where(d => d.Version <= bound).Select(d => new KeyFloor(Convert.FromHexString(d.Key), d.Version)).ToArray();
        var raised = _floors.RaisedTo(kinds).RaisedTo(new FloorSet(CommitVersion.Zero, [], force));
        var byKey = raised.ByKey.Where(f => f.Version > raised.Kinds.Of(f.Key.Span, TestClassifier.Instance)).ToArray();
        KeyFloor[] settled = [.. force, .. raised.ByKey.Except(byKey)];
        _floors = new FloorSet(raised.Default, raised.ByKind, byKey);
        await Tier.RaiseFloorAsync(_floors, settled, default);
        _drops = [.. _drops.Where(d => !settled.Select(Text).Any(s => s.Key == d.Key && d.Version <= s.Version))];
    }

    private static (string Key, ulong Version) Text(KeyFloor floor) => (Convert.ToHexString(floor.Key.Span), floor.Version.Value);

    private async Task ReclaimAsync(Random random)
    {
        Pin[] pins = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new Pin((ulong)random.Next(400), (ulong)random.Next((int)Durable + 1)))];
        var plan = new RetentionPlan(new Retention(), []) { ReclaimsDeletedKeys = random.Next(2) == 0 };
        var rule = new RetentionRule(_floors, pins, TestClassifier.Instance, plan);
        var all = _oracle.All.Count;
        var older = _oracle.All.GroupBy(r => Convert.ToHexString(r.Key.Span)).Where(k => k.Skip(1).Any()).Sum(k => k.Count());
        var expected = _oracle.Reclaim(rule);
        var (scanned, reclaimed, bytes) = (0L, 0L, 0L);
        ReadOnlyMemory<byte>? after = null;
        do
        {
            var done = await Tier.ReclaimAsync(new TierReclaimStep(rule, after, random.Next(1, 30)), default);
            (scanned, reclaimed, bytes) = (scanned + done.ScannedVersions, reclaimed + done.ReclaimedVersions, bytes + done.ReclaimedBytes);
            after = done.Next;
        }
        while (after is not null);

        scanned.Should().BeInRange(older, all, "only an entry that is alone need not be looked at");
        reclaimed.Should().Be(expected.Count);
        bytes.Should().Be(expected.Sum(r => (long)r.Key.Length + (r.Value?.Length ?? 0)));
        await CheckAllAsync();
    }

    private async Task ReopenAndCheckAsync()
    {
        var state = await ReopenAsync();
        state.DurableSequence.Should().Be(Durable);
        state.HighestVersion.Should().Be(_highest);
        state.Floors.Default.Should().Be(_floors.Default);
        state.Floors.Of(EntryKind.Source(1)).Should().Be(_floors.Of(EntryKind.Source(1)));
        state.Floors.ByKey.Select(Text).Should().Equal(_floors.ByKey.Select(Text));
        state.Drops.Select(Text).Should().BeEquivalentTo(_drops);
        await CheckAllAsync();
    }

    private async Task CheckAllAsync()
    {
        var all = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 50);
        Rows.Texts(await TierPaging.ReadAllAsync(Tier, all)).Should().Equal(Rows.Texts(_oracle.All));
    }

    private TierView View(Random random)
        => new(
            random.Next(3) == 0 ? CommitVersion.Latest : (ulong)random.Next(420),
            random.Next(3) == 0 ? ulong.MaxValue : (ulong)random.Next((int)Durable + 2));

    private static TierPosition? Position(Random random, KeyRange range)
    {
        var key = Alphabet[random.Next(Alphabet.Length)];
        return random.Next(2) == 0 || !range.Contains(key)
            ? null
            : new TierPosition(key, random.Next(3) == 0 ? CommitVersion.Zero : (ulong)random.Next(400));
    }

    private static KeyRange Range(Random random)
    {
        var start = Alphabet[random.Next(Alphabet.Length)];
        var end = Alphabet[random.Next(Alphabet.Length)];
        return random.Next(6) switch
        {
            0 => KeyRange.All,
            1 => KeyRange.From(start, random.Next(2) == 0),
            2 => KeyRange.Until(end, random.Next(2) == 0),
            3 => KeyRange.Prefix(start),
            _ => KeyRange.Between(start, random.Next(2) == 0, end, random.Next(2) == 0),
        };
    }
}
