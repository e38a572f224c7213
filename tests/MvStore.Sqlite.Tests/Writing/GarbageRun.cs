using System.Text;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>
/// One random run of a tier that may leave some of what can go, as the engine uses it: writes above the floors, late ones too, also between the steps of a walk; floors of kinds and of dropped keys that rise; pins that open and close; more and
/// less to keep; runs that leave a share, and runs that leave nothing. After each run everything is compared with a walk through all rows.
/// </summary>
internal sealed class GarbageRun : IAsyncDisposable
{
    private const int Steps = 120;

    private readonly SqliteLocation _location = new();
    private readonly Random _random;
    private readonly GarbageModel _model = new();
    private readonly HashSet<(string Key, ulong Version)> _used = []; // never to be written again, reclaimed or not
    private readonly List<Pin> _pins = [];
    private readonly string[] _keys;
    private SqliteTier _tier = null!;
    private FloorSet _floors = FloorSet.None;
    private RetentionPlan _plan = new(new Retention(), []) { ReclaimsDeletedKeys = true };
    private ulong _durable;
    private ulong _highest = 1;
    private bool _isKnown; // whether the tier has been walked through since it was opened

    private GarbageRun(int seed)
    {
        _random = new Random(seed);
        var perKind = _random.Next(2) == 0 ? 6 : 60;
        _keys = [.. ((string[])["m", "o", "s"]).SelectMany(kind => Enumerable.Range(0, perKind).Select(i => $"{kind}{i:D3}"))];
    }

    /// <summary>How many runs were put off.</summary>
    public int PutOff { get; private set; }

    /// <summary>How many of those that might have been were not.</summary>
    public int Walked { get; private set; }

    public static async Task<GarbageRun> OpenAsync(int seed)
    {
        var run = new GarbageRun(seed);
        await run.OpenAsync();
        return run;
    }

    public async Task RunAsync()
    {
        for (var step = 0; step < Steps; step++)
        {
            await StepAsync();
        }

        await ReclaimAsync(0);
        _pins.Clear();
        await ReclaimAsync(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _tier.DisposeAsync();
        await _location.DisposeAsync();
    }

    private Task StepAsync() => _random.Next(40) switch
    {
        < 14 => ApplyAsync(),
        < 20 => RaiseFloorAsync(),
        < 23 => Open(),
        < 26 => Close(),
        26 => Change(),
        27 => _random.Next(3) == 0 ? ReopenAsync() : FailAsync(),
        28 => ReclaimAsync(0),
        _ => ReclaimAsync(_random.Next(3) switch { 0 => 0.1, 1 => 0.3, _ => 1 }),
    };

    private async Task OpenAsync()
    {
        _tier = await _location.OpenAsync(o => o.FewRows = 0);
        _isKnown = false;
    }

    private async Task ApplyAsync()
    {
        var rows = new List<TierRow>();
        var sequence = _durable + 1;
        for (var i = _random.Next(1, _random.Next(4) == 0 ? 150 : 20); i > 0; i--)
        {
            var key = _keys[_random.Next(_keys.Length)];
            var floor = _floors.Of(Rows.Key(key).Span, TestClassifier.Instance).Value;
            var isLate = _random.Next(3) == 0 && floor < _highest;
            var version = isLate ? (ulong)_random.NextInt64((long)floor + 1, (long)_highest + 1) : _highest + (ulong)_random.Next(1, 4);
            if (_used.Add((key, version)))
            {
                rows.Add(_random.Next(4) == 0 ? Rows.Gone(key, version, sequence) : Rows.Set(key, version, sequence, _random.Next(20) == 0 ? new string('x', 5_000) : "x"));
            }
        }

        _highest = rows.Select(r => r.Version.Value).Append(_highest).Max();
        await _tier.ApplyAsync(new TierBatch(_durable, sequence, _highest, Rows.InOrder(rows)), default);
        _durable = sequence;
        _model.Apply(rows);
    }

    private async Task RaiseFloorAsync()
    {
        var kinds = new Dictionary<EntryKind, CommitVersion>(_floors.ByKind);
        if (_random.Next(2) == 0)
        {
            // Another kind has a floor of its own from now on, or one that has rises.
            var kind = _random.Next(8) == 0 ? EntryKind.Operator(ulong.MaxValue) : EntryKind.Source(1);
            kinds[kind] = Risen(_floors.Of(kind));
        }

        var drops = _random.Next(3) == 0 ? Enumerable.Range(0, 2).Select(_ => new KeyFloor(Rows.Key(_keys[_random.Next(_keys.Length)]), (ulong)_random.NextInt64(1, (long)_highest + 1))).ToArray() : [];
        var raised = new FloorSet(_random.Next(2) == 0 ? Risen(_floors.Default) : _floors.Default, kinds).RaisedTo(new FloorSet(CommitVersion.Zero, [], [.. _floors.ByKey, .. drops]));
        var byKey = raised.ByKey.Where(f => f.Version > raised.Kinds.Of(f.Key.Span, TestClassifier.Instance)).ToArray();
        _floors = new FloorSet(raised.Default, raised.ByKind, byKey);
        await _tier.RaiseFloorAsync(_floors, [.. raised.ByKey], default);
    }

    private CommitVersion Risen(CommitVersion floor) => floor.Value < _highest ? (ulong)_random.NextInt64((long)floor.Value, (long)_highest + 1) : floor;

    private Task Open()
    {
        var at = (ulong)_random.NextInt64((long)_floors.Highest.Value, (long)_highest + 2);
        _pins.Add(new Pin(at, _durable) { Scope = _random.Next(4) == 0 ? KeyRange.Prefix("s"u8) : null });
        return Task.CompletedTask;
    }

    private Task Close()
    {
        if (_pins.Count > 0)
        {
            _pins.RemoveAt(_random.Next(_pins.Count));
        }

        return Task.CompletedTask;
    }

    private Task Change()
    {
        var ofSource = new Retention(perKey: _random.Next(1, 4)) { KeepsDeletedKeys = _random.Next(3) == 0 };
        _plan = new RetentionPlan(new Retention(perKey: _random.Next(1, 3)), _random.Next(2) == 0 ? [] : [new(EntryKind.Source(1), ofSource)])
        {
            ReclaimsDeletedKeys = _random.Next(3) > 0,
        };
        return Task.CompletedTask;
    }

    private async Task ReopenAsync()
    {
        await _tier.DisposeAsync();
        await OpenAsync();
    }

    // A slice whose last row is there already; what came before was counted.
    private async Task FailAsync()
    {
        var there = _model.All.Where(r => Encoding.UTF8.GetString(r.Key.Span)[0] == 's').ToArray();
        if (there.Length == 0)
        {
            return;
        }

        TierRow[] rows = [.. Rows.InOrder([Rows.Set("m000", _highest + 1, _durable + 1, "x"), Rows.Gone("o000", _highest + 1, _durable + 1)]), there[_random.Next(there.Length)]];
        await _tier.Awaiting(t => t.ApplyAsync(new TierBatch(_durable, _durable + 1, _highest + 1, rows), default).AsTask()).Should().ThrowAsync<PersistentTierException>();
        _isKnown = false;
    }

    private async Task ReclaimAsync(double share)
    {
        var rule = new RetentionRule(_floors, _pins, TestClassifier.Instance, _plan);
        var first = await StepAsync(rule, null, null, share);
        if (first.IsPutOff)
        {
            first.Should().Be(new TierReclaimed(null, 0, 0, 0) { IsPutOff = true });
            (_isKnown && share > 0).Should().BeTrue("else nobody knows what can go, or all is to go");
            PutOff++;
            var most = (int)(share * _model.OldRows(_plan.ReclaimsDeletedKeys));
            await ReclaimDroppedAsync(rule);
            _model.Garbage(rule).Should().BeLessThanOrEqualTo(most, "no more may stay");
        }
        else
        {
            Walked += share > 0 ? 1 : 0;
            var reclaimed = first.ReclaimedVersions;
            for (var after = first.Next; after is not null;)
            {
                if (_random.Next(4) == 0)
                {
                    await ApplyAsync();
                }

                var done = await StepAsync(rule, after, null, share);
                (after, reclaimed) = (done.Next, reclaimed + done.ReclaimedVersions);
            }

            _isKnown = true;
            reclaimed.Should().Be(_model.Reclaim(rule), "a walk takes all that can go");
        }

        await CheckAsync();
    }

    // Whatever is put off: the engine asks for these by name.
    private async Task ReclaimDroppedAsync(RetentionRule rule)
    {
        ReadOnlyMemory<byte>[] keys = [.. _floors.ByKey.Select(f => f.Key)];
        var reclaimed = 0L;
        ReadOnlyMemory<byte>? after = null;
        do
        {
            var done = await StepAsync(rule, after, keys, 0);
            (after, reclaimed) = (done.Next, reclaimed + done.ReclaimedVersions);
        }
        while (after is not null);

        reclaimed.Should().Be(_model.Reclaim(rule, keys.Select(key => Encoding.UTF8.GetString(key.Span))));
    }

    private ValueTask<TierReclaimed> StepAsync(RetentionRule rule, ReadOnlyMemory<byte>? after, ReadOnlyMemory<byte>[]? keys, double share)
        => _tier.ReclaimAsync(new TierReclaimStep(rule, after, _random.Next(1, 40)) { Keys = keys, GarbageShare = share }, default);

    private async Task CheckAsync()
    {
        var all = new TierScan(KeyRange.All, Rows.Everything, TierScanMode.History, ScanDirection.Forward, 1_000);
        (await TierPaging.ReadAllAsync(_tier, all)).Select(Stamp).Should().Equal(_model.All.Select(Stamp));
    }

    private static string Stamp(TierRow row) => $"{Encoding.UTF8.GetString(row.Key.Span)}@{row.Version}#{row.Sequence}{(row.IsTombstone ? "-" : "+")}";
}
