namespace MvStore.Sqlite.Writing;

/// <summary>
/// What one walk through all old rows has left behind, counted by what may let it go: the floor that rises, or the pin that closes; and what was written since. So it tells, without looking at a row, how many could go
/// at most (I66). An entry of a key that has an older one lets one go when the floor reaches it, whichever that is; a deletion besides lets itself go. Belongs to the connection that writes.
/// </summary>
internal sealed class GarbageTally
{
    // With more than that it would take too much memory: then it says nothing.
    private const int MostKinds = 1_023;

    // Of all kinds together, 16 bytes each, as long as each may have the least.
    private const int AllSteps = 4_096;
    private const int MostSteps = 1_024;
    private const int LeastSteps = 64;

    private readonly RetentionRule _rule; // of the walk
    private readonly VersionHistogram _ofOthers;
    private readonly Dictionary<EntryKind, VersionHistogram> _ofKinds = []; // of kinds with a floor of their own
    private readonly Dictionary<Pin, long> _spared = []; // rows below the floor that stay as long as this pin is open; of several pins one counts
    private RetentionVerdict[] _verdicts = new RetentionVerdict[16];

    /// <summary>Begins with nothing.</summary>
    /// <param name="rule">The rule of the walk.</param>
    public GarbageTally(RetentionRule rule)
    {
        _rule = rule;
        var kinds = rule.Floors.ByKind;
        var steps = Math.Clamp(AllSteps / (kinds.Count + 1), LeastSteps, MostSteps);
        _ofOthers = new VersionHistogram(steps);
        if (kinds.Count <= MostKinds)
        {
            foreach (var kind in kinds.Keys)
            {
                _ofKinds.Add(kind, new VersionHistogram(steps));
            }
        }
    }

    /// <summary>How many rows a walk would step over: those of the history, and deletions, where they go.</summary>
    public long Rows { get; private set; }

    private bool CountsDeletions => _rule.Plan.ReclaimsDeletedKeys;

    /// <summary>Counts what the walk has left of one key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="newestFirst">Its entries before, the first being that of <c>current</c>.</param>
    /// <param name="keep">Which of them stay.</param>
    public void AddLeft(ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst, ReadOnlySpan<bool> keep)
    {
        var floor = _rule.FloorOf(key);
        var due = HistogramOf(key);
        var hasOlder = false;
        for (var i = newestFirst.Length - 1; i >= 0; i--)
        {
            if (!keep[i])
            {
                continue;
            }

            var entry = newestFirst[i];
            if (entry.Version > floor)
            {
                AddDue(due, entry.Version.Value, hasOlder, entry.IsTombstone);
            }

            Rows += i > 0 || (entry.IsTombstone && CountsDeletions) ? 1 : 0;
            hasOlder = true;
        }

        if (_rule.Pins.Count > 0)
        {
            AddSpared(key, newestFirst, keep, floor);
        }
    }

    /// <summary>Counts an entry that was written since.</summary>
    /// <param name="row">The entry.</param>
    /// <param name="letsNothingGo">Whether it will let go of nothing that is there: its key had none before, or it takes the place of one that goes at once.</param>
    /// <param name="isNewest">Whether it is the newest of its key now.</param>
    /// <param name="replacesDeletion">Whether that was a deletion before.</param>
    public void AddWritten(in TierRow row, bool letsNothingGo, bool isNewest, bool replacesDeletion)
    {
        if (letsNothingGo && !row.IsTombstone && !replacesDeletion)
        {
            return;
        }

        AddDue(HistogramOf(row.Key.Span), row.Version.Value, !letsNothingGo, row.IsTombstone);
        Rows += letsNothingGo ? 0 : 1;
        if (CountsDeletions)
        {
            Rows += (isNewest && row.IsTombstone ? 1 : 0) - (replacesDeletion ? 1 : 0);
        }
    }

    /// <summary>Takes off rows that are gone. What they would have let go stays counted.</summary>
    public void Remove(long rows) => Rows -= rows;

    /// <summary>How many rows a rule lets go at most; null if that was not counted. Those of keys with a floor of their own that rose since are not among them.</summary>
    public long? DueBy(RetentionRule rule)
    {
        if (rule.Plan.KeepsLessThan(_rule.Plan) || !HasKindsOf(rule.Floors))
        {
            return null;
        }

        var due = _ofOthers.DueAt(rule.Floors.Default.Value);
        foreach (var (kind, ofKind) in _ofKinds)
        {
            due += ofKind.DueAt(rule.Floors.Of(kind).Value);
        }

        if (_spared.Count > 0)
        {
            HashSet<Pin> open = [.. rule.Pins];
            due += _spared.Where(spared => !open.Contains(spared.Key)).Sum(spared => spared.Value);
        }

        return due;
    }

    private bool HasKindsOf(FloorSet floors) => floors.ByKind.Count == _ofKinds.Count && floors.ByKind.Keys.All(_ofKinds.ContainsKey);

    private VersionHistogram HistogramOf(ReadOnlySpan<byte> key) => _ofKinds.Count > 0 && _ofKinds.TryGetValue(_rule.KindOf(key), out var ofKind) ? ofKind : _ofOthers;

    private void AddDue(VersionHistogram due, ulong version, bool hasOlder, bool isTombstone)
    {
        if (hasOlder)
        {
            due.Add(version);
        }

        if (isTombstone && CountsDeletions)
        {
            due.Add(version);
        }
    }

    // What several pins see goes when the last of them closes; so it is told early enough when any one of them does.
    private void AddSpared(ReadOnlySpan<byte> key, ReadOnlySpan<VersionStamp> newestFirst, ReadOnlySpan<bool> keep, CommitVersion floor)
    {
        if (_verdicts.Length < newestFirst.Length)
        {
            _verdicts = new RetentionVerdict[newestFirst.Length * 2];
        }

        var verdicts = _verdicts.AsSpan(0, newestFirst.Length);
        _rule.Explain(key, newestFirst, verdicts);
        Pin? holder = null; // of a deletion: whoever sees it or something older
        for (var i = newestFirst.Length - 1; i >= 0 && newestFirst[i].Version <= floor; i--)
        {
            if (!keep[i])
            {
                continue;
            }

            holder = verdicts[i].Pin ?? holder;
            if (verdicts[i].Reason == RetentionReason.Pinned)
            {
                AddSpared(verdicts[i].Pin!.Value);
            }
            else if (verdicts[i].Reason == RetentionReason.NewestAtFloor && newestFirst[i].IsTombstone && CountsDeletions && holder is { } pin)
            {
                AddSpared(pin);
            }
        }
    }

    private void AddSpared(Pin pin) => _spared[pin] = _spared.GetValueOrDefault(pin) + 1;
}
