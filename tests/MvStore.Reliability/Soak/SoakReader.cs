namespace MvStore.Reliability.Soak;

/// <summary>
/// Reads at snapshots, new and old, and compares every answer with the plan: the counters say which commits the snapshot sees, and from that follows everything else. Used by one task.
/// </summary>
internal sealed class SoakReader(IMultiVersionStore store, SoakPlan plan, int seed)
{
    private const int PageRows = 37;
    private const int OfEachLane = 6;

    private readonly Random _random = new(seed);

    /// <summary>Answers that were compared.</summary>
    public long Checked { get; private set; }

    /// <summary>Opens a snapshot, reads, waits, and reads the same again.</summary>
    public async Task RunAsync(TimeSpan hold, CancellationToken stop)
    {
        using var snapshot = Open();
        var view = await SoakView.OfAsync(snapshot);
        await VerifyAsync(snapshot, view);
        await SoakWriters.RestAsync(hold, stop);
        var again = await SoakView.OfAsync(snapshot);
        Require(view.IsSameAs(again), $"the snapshot at {snapshot.Version} saw {view}, and sees {again}");
        await VerifyAsync(snapshot, view);
    }

    private ISnapshot Open()
    {
        if (_random.Next(2) == 0)
        {
            return store.OpenSnapshot(CommitVersion.Latest, "soak");
        }

        while (true)
        {
            var (floor, visible) = (store.GetFloor().Value, store.VisibleVersion.Value);
            try
            {
                var snapshot = store.OpenSnapshot(floor + (ulong)_random.NextInt64((long)(Math.Max(floor, visible) - floor) + 1), "soak");
                if (store.GetFloor() <= snapshot.Version)
                {
                    return snapshot;
                }

                // It rose in between; kinds that keep more history can still be read.
                snapshot.Dispose();
            }
            catch (BelowFloorException)
            {
                // The same.
            }
        }
    }

    private async Task VerifyAsync(ISnapshot snapshot, SoakView view)
    {
        foreach (var lane in SoakLane.All)
        {
            var owner = _random.Next(lane.IsShared ? 1 : SoakPlan.Writers);
            try
            {
                for (var i = 0; i < OfEachLane; i++)
                {
                    await KeyAsync(snapshot, view, new SoakKey(lane, owner, _random.Next(lane.Keys)));
                }

                if (lane.Keys <= SoakLane.Medium.Keys && _random.Next(4) == 0)
                {
                    await RangeAsync(snapshot, view, lane, owner);
                }
            }
            catch (BelowFloorException e) when (e.Floor > snapshot.Version)
            {
                // Of a kind that keeps less history, or of a key that was dropped later.
                Require(lane != SoakLane.Medium, $"the medium keys are below the floor: {e.Message}");
            }
        }
    }

    private async Task KeyAsync(ISnapshot snapshot, SoakView view, SoakKey key)
    {
        var bytes = key.ToBytes();
        var expected = plan.Newest(key, view, snapshot.Version);
        var row = await snapshot.GetAsync(bytes);
        Same(key, expected, row, snapshot);
        Require(await snapshot.ContainsAsync(bytes) == row.HasValue, $"contains {key} is not what get is");
        var latest = await store.GetAsync(bytes, CommitVersion.Latest);
        Require(latest is not { } newer || plan.IsGenuine(key, newer), $"{key} is not what a commit wrote, at the latest version");
        if (key.Lane == SoakLane.Hot)
        {
            await StepsAsync(snapshot, view, key);
        }
    }

    private async Task StepsAsync(ISnapshot snapshot, SoakView view, SoakKey key)
    {
        CommitVersion before = snapshot.Version == CommitVersion.Latest ? snapshot.Version : snapshot.Version.Value + 1;
        foreach (var entry in plan.Entries(key, view).Where(e => e.Version < before.Value))
        {
            var found = await snapshot.GetPreviousAsync(key.ToBytes(), before);
            if (found.Kind == PreviousVersionKind.Reclaimed)
            {
                var floor = store.GetFloor();
                Require(entry.Version <= floor.Value, $"{entry} of {key} is said to be reclaimed, the floor is {floor}");
                return;
            }

            Require(found.HasRow && found.Row.Version.Value == entry.Version, $"before {before}, {key} has {found}, and {entry} was due");
            Require(plan.IsGenuine(key, found.Row), $"{key} is not what a commit wrote, before {before}");
            before = found.Row.Version;
            Checked++;
        }
    }

    private async Task RangeAsync(ISnapshot snapshot, SoakView view, SoakLane lane, int owner)
    {
        var direction = _random.Next(2) == 0 ? ScanDirection.Forward : ScanDirection.Reverse;
        var keys = Enumerable.Range(0, lane.Keys).Select(number => new SoakKey(lane, owner, number));
        var expected = (direction == ScanDirection.Forward ? keys : keys.Reverse())
            .Select(key => (Key: key, Entry: plan.Newest(key, view, snapshot.Version)))
            .Where(each => each.Entry is not null)
            .ToList();
        var rows = await RowsAsync(snapshot, SoakKey.RangeOf(lane, owner), direction);
        Require(rows.Count == expected.Count, $"a scan of {lane.Letter}{owner} at {snapshot.Version} has {rows.Count} rows, {expected.Count} were due");
        for (var i = 0; i < rows.Count; i++)
        {
            Require(rows[i].Key.Span.SequenceEqual(expected[i].Key.ToBytes()), $"a scan has another key where {expected[i].Key} was due");
            Same(expected[i].Key, expected[i].Entry, rows[i], snapshot);
        }
    }

    private async Task<List<VersionedRow>> RowsAsync(ISnapshot snapshot, KeyRange range, ScanDirection direction)
    {
        var rows = new List<VersionedRow>();
        if (_random.Next(2) == 0)
        {
            await foreach (var row in snapshot.ScanAsync(range, direction))
            {
                rows.Add(row);
            }

            return rows;
        }

        for (PageToken? next = null; ;)
        {
            var page = await snapshot.ScanPageAsync(range, PageRows, direction, next);
            rows.AddRange(page.Rows);
            next = page.Next;
            if (next is null)
            {
                return rows;
            }
        }
    }

    private void Same(SoakKey key, SoakEntry? expected, VersionedRow? row, ISnapshot snapshot)
    {
        Require(row?.Version.Value == expected?.Version, $"{key} reads as {row} at {snapshot.Version}, due was {expected}");
        Require(row is not { } found || plan.IsGenuine(key, found), $"{key} is not what a commit wrote, at {snapshot.Version}");
        Checked++;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new LossException(what);
        }
    }
}
