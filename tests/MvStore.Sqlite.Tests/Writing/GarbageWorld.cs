using MvStore.Sqlite.Writing;

namespace MvStore.Sqlite.Tests.Writing;

/// <summary>Two keys, a floor, pins and a walk of one key in each step, with nothing of SQLite: what is counted against what could go, after every step.</summary>
internal sealed class GarbageWorld(int perKey, bool reclaimsDeletedKeys)
{
    private readonly StoredGarbage _garbage = new(few: 0);
    private readonly SortedDictionary<string, List<VersionStamp>> _rows = new(StringComparer.Ordinal); // newest first
    private readonly List<Pin> _pins = [];
    private readonly RetentionPlan _plan = new(new Retention(perKey: perKey), []) { ReclaimsDeletedKeys = reclaimsDeletedKeys };
    private bool _isPlain = true; // versions ascend, nothing is deleted, and nobody has a pin
    private ulong _floor;
    private ulong _highest;
    private ulong _sequence;
    private RetentionRule? _walking;
    private string? _reached;

    /// <summary>What may happen next. One that can not does nothing.</summary>
    public static IReadOnlyList<Func<GarbageWorld, bool>> Events { get; } =
    [
        w => w.Write("a", w._highest + 1, isTombstone: false),
        w => w.Write("a", w._highest + 1, isTombstone: true),
        w => w.Write("b", w._highest + 1, isTombstone: false),
        w => w.WriteLate("a"),
        w => w.Overwrite("a", isTombstone: false),
        w => w.Overwrite("a", isTombstone: true),
        w => w.RaiseFloor(w._highest),
        w => w.RaiseFloor(Math.Min(w._floor + 1, w._highest)),
        w => w.Open(w._highest),
        w => w.Open(w._floor),
        w => w.Close(0),
        w => w.Close(1),
        w => w.Walk(),
    ];

    /// <summary>A run was begun, and is not at its end.</summary>
    public bool IsWalking => _walking is not null;

    /// <summary>Whether anybody knows what can go.</summary>
    public bool IsKnown => _garbage.DueBy(Rule()) is not null;

    /// <summary>Never less than what can go (I66); and just that, in the plainest case. Rows that a walk would step over are always known exactly.</summary>
    public bool IsRight
    {
        get
        {
            var canGo = _rows.Sum(key => Keep(Rule(), key.Key, key.Value).Count(stays => !stays));
            var old = _rows.Values.Where(rows => rows.Count > 0).Sum(rows => rows.Count - 1 + (rows[0].IsTombstone && reclaimsDeletedKeys ? 1 : 0));
            return _garbage.DueBy(Rule()) is not { } due
                || ((_isPlain && perKey == 1 && !IsWalking ? due == canGo : due >= canGo) && _garbage.Rows == old);
        }
    }

    /// <summary>Writes an entry.</summary>
    public bool Write(string key, ulong version, bool isTombstone)
    {
        if (!_rows.TryGetValue(key, out var rows))
        {
            _rows.Add(key, rows = []);
        }

        var at = rows.FindIndex(r => r.Version.Value <= version);
        if (version <= _floor || (at >= 0 && rows[at].Version.Value == version))
        {
            return false;
        }

        _isPlain &= !isTombstone && version > _highest;
        var row = isTombstone ? Rows.Gone(key, version, ++_sequence) : Rows.Set(key, version, ++_sequence, "x");
        _garbage.Add(row, letsNothingGo: rows.Count == 0, isNewest: at == 0 || rows.Count == 0, replacesDeletion: at == 0 && rows[0].IsTombstone);
        rows.Insert(at < 0 ? rows.Count : at, new VersionStamp(version, _sequence) { IsTombstone = isTombstone });
        _highest = Math.Max(_highest, version);
        return true;
    }

    /// <summary>One step of a run that leaves nothing: looks at one key.</summary>
    public bool Walk()
    {
        var step = new TierReclaimStep(_walking ??= Rule(), _reached is { } last ? Rows.Key(last) : default(ReadOnlyMemory<byte>?), 1);
        var tally = _garbage.BeginStep(step);
        string[] left = [.. _rows.Where(r => string.CompareOrdinal(r.Key, _reached) > 0 && (r.Value.Count > 1 || (r.Value.Count == 1 && r.Value[0].IsTombstone && reclaimsDeletedKeys))).Select(r => r.Key)];
        var removed = 0;
        if (left.Length > 0)
        {
            _reached = left[0];
            var rows = _rows[left[0]];
            var keep = Keep(_walking, left[0], rows);
            tally?.AddLeft(Rows.Key(left[0]).Span, rows.ToArray(), keep);
            removed = keep.Count(stays => !stays);
            _rows[left[0]] = [.. rows.Where((_, i) => keep[i])];
        }

        var isAtEnd = left.Length < 2;
        _garbage.EndStep(step, isAtEnd ? default(ReadOnlyMemory<byte>?) : Rows.Key(_reached!), removed);
        if (isAtEnd)
        {
            _walking = null;
            _reached = null;
        }

        return true;
    }

    // With a slice that brings a floor: what it supersedes goes with it, if the floor and the pins let it.
    private bool Overwrite(string key, bool isTombstone)
    {
        if (!_rows.TryGetValue(key, out var rows) || rows.Count == 0)
        {
            return false;
        }

        _isPlain &= !isTombstone;
        _floor = ++_highest;
        var written = new VersionStamp(_highest, ++_sequence);
        var rule = new RetentionRule(new FloorSet(_floor, []), _pins, TestClassifier.Instance, new RetentionPlan(new Retention(perKey: perKey), []));
        var goes = !Keep(rule, key, [written, rows[0]])[1];
        var row = isTombstone ? Rows.Gone(key, _highest, _sequence) : Rows.Set(key, _highest, _sequence, "x");
        _garbage.Add(row, letsNothingGo: goes, isNewest: true, replacesDeletion: rows[0].IsTombstone);
        rows.RemoveRange(0, goes ? 1 : 0);
        rows.Insert(0, written with { IsTombstone = isTombstone });
        return true;
    }

    private bool WriteLate(string key)
    {
        for (var version = _floor + 1; version < _highest; version++)
        {
            if (Write(key, version, isTombstone: false))
            {
                return true;
            }
        }

        return false;
    }

    private bool RaiseFloor(ulong to)
    {
        var rises = to > _floor;
        _floor = Math.Max(_floor, to);
        return rises;
    }

    private bool Open(ulong at)
    {
        var pin = new Pin(at, _sequence);
        if (at < _floor || _pins.Count == 2 || _pins.Contains(pin))
        {
            return false;
        }

        _pins.Add(pin);
        _isPlain = false;
        return true;
    }

    private bool Close(int index)
    {
        if (index >= _pins.Count)
        {
            return false;
        }

        _pins.RemoveAt(index);
        return true;
    }

    private static bool[] Keep(RetentionRule rule, string key, List<VersionStamp> rows)
    {
        var keep = new bool[rows.Count];
        rule.Decide(Rows.Key(key).Span, rows.ToArray(), keep);
        return keep;
    }

    private RetentionRule Rule() => new(new FloorSet(_floor, []), _pins, TestClassifier.Instance, _plan);
}
