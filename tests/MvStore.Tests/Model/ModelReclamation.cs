using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Reclamation: how far the floor may rise, and what must be left.</summary>
internal sealed class ModelReclamation(ModelWorld world, ModelWriting writing)
{
    private const int MaxRowsOnDisk = 1_000_000;

    public async Task ReclaimAsync(Random random)
    {
        if (world.HasTier && random.Next(2) == 0)
        {
            await writing.FlushAsync();
        }

        world.Journal.Note("reclaim");
        var report = await world.Store.ReclaimAsync();
        var old = world.Reference.Floors;
        var oldKeys = world.Settings.Keys.ToDictionary(key => key, old.Of);
        var kinds = world.Settings.RetainByKind.Keys.ToDictionary(kind => kind, kind => world.Store.GetFloor(kind));
        var floors = new FloorSet(world.Store.GetFloor(), kinds);
        world.Journal.Note($"  -> floors {floors.Default} [{string.Join(", ", kinds)}]");
        world.Journal.Same("the floor reported", report.Floor.ToString(), floors.Default.ToString());
        foreach (var kind in kinds.Keys.Append(EntryKind.Multi))
        {
            RequireFloor(kind, old.Kinds.Of(kind).Value, floors.Of(kind).Value);
        }

        var keys = new List<(byte[] Key, ulong Floor)>();
        foreach (var key in world.Settings.Keys)
        {
            var floor = await FloorOfAsync(key);
            RequireKeyFloor(key, Math.Max(oldKeys[key], floors.Of(world.Reference.KindOf(key)).Value), floor);
            keys.Add((key, floor));
        }

        world.Reference.RaiseFloors(floors, keys);
        await ForgetAsync();
        await RequireKeptAsync();
    }

    /// <summary>
    /// The floor follows the visible version at the distance of retention. With a persistent tier it may stay behind by what is not on
    /// disk, no further.
    /// </summary>
    private void RequireFloor(EntryKind kind, ulong old, ulong floor)
    {
        var highest = Behind(world.Reference.Highest);
        var lowest = world.HasTier ? Behind(world.Reference.DurableVersionAt(world.Reference.Flushed)) : highest;
        if (floor < Math.Max(old, lowest) || floor > Math.Max(old, highest))
        {
            throw world.Journal.Mismatch($"floor of {kind}", $"{Math.Max(old, lowest)} to {Math.Max(old, highest)}", $"{floor}");
        }

        ulong Behind(ulong version) => world.Settings.RetentionOf(kind) is { } retained && retained < version ? version - retained : 0;
    }

    /// <summary>
    /// A drop waives retention and nothing else: the floor of its key is at its version once everything up to there is published and, with a
    /// persistent tier, on disk.
    /// </summary>
    private void RequireKeyFloor(byte[] key, ulong withoutDrops, ulong floor)
    {
        var highest = Math.Max(withoutDrops, world.Reference.DroppedUpTo(key, world.Reference.Highest));
        var settled = world.HasTier ? world.Reference.DurableVersionAt(world.Reference.Flushed) : world.Reference.Highest;
        var lowest = Math.Max(withoutDrops, world.Reference.DroppedUpTo(key, settled));
        if (floor < lowest || floor > highest || (floor != withoutDrops && floor != world.Reference.DroppedUpTo(key, floor)))
        {
            throw world.Journal.Mismatch($"floor of {ByteText.Format(key)}", $"{lowest} to {highest}", $"{floor}");
        }
    }

    /// <summary>What the store says when it is asked for a key before everything.</summary>
    private async Task<ulong> FloorOfAsync(byte[] key)
    {
        try
        {
            await world.Store.GetAsync(key, CommitVersion.Zero);
            return 0;
        }
        catch (BelowFloorException refused)
        {
            return refused.Floor.Value;
        }
    }

    /// <summary>
    /// Deleted keys go, unless a pin sees the deletion or anything older. What a pin that was opened below the floor of a key sees of it may be gone already, and
    /// then keeps nothing: the store is asked. So it is where what a pin sees instead may be in memory only; if the store has not got the deletion then, it may still be on disk, which is not asked
    /// as long as memory is whole.
    /// </summary>
    private async Task ForgetAsync()
    {
        if (!world.Settings.ReclaimsDeletedKeys)
        {
            return;
        }

        foreach (var deletion in world.Reference.DeletedKeys())
        {
            var pins = world.PinHolders.Where(p => world.Reference.SeesUpTo(p.View, deletion)).ToList();
            if (pins.Exists(p => IsClaimed(deletion.Key, p)))
            {
                continue;
            }

            if (pins.Count > 0 || (world.HasTier && world.PinHolders.Any(p => world.Reference.MaySeeUpToOnDisk(p.View, deletion))))
            {
                var history = await Scans.ToListAsync(world.Store.HistoryAsync(KeyRange.Exactly(deletion.Key), CommitVersion.Latest));
                if (history.Exists(r => r.Version == deletion.Version))
                {
                    continue;
                }

                if (pins.Count == 0)
                {
                    world.Journal.Note($"  -> {ByteText.Format(deletion.Key)} goes from memory");
                    world.Reference.Doubt(deletion);
                    continue;
                }
            }

            world.Journal.Note($"  -> {ByteText.Format(deletion.Key)} goes");
            world.Reference.Forget(deletion);
        }
    }

    /// <summary>
    /// After reclamation each tier holds exactly what the rule keeps of what it was given: nothing less and nothing more. A pin that was
    /// opened below the floor of a key has no claim on that key; what it happens to see there, one entry, may stay or be gone already.
    /// </summary>
    private async Task RequireKeptAsync()
    {
        if (world.HasTier && world.Reference.Flushed < world.Reference.Sequence)
        {
            // What the flusher found on its last round is not known, so neither is what the disk was given.
            return;
        }

        if (world.Settings.RetainPerKey > 1 && world.Reference.HasDrops)
        {
            // What a drop let go depends on when it came into force: the reference, which forgets nothing, cannot tell it afterwards.
            return;
        }

        var least = world.Reference.Kept(PinsOn, world.Settings.RetainPerKey);
        var unclaimed = world.Settings.Keys.Sum(key => world.PinHolders.Count(p => !IsClaimed(key, p)));
        if (!world.HasTier)
        {
            var count = world.Store.GetStatistics().BufferedVersions;
            if (count < least.Count || count > least.Count + unclaimed)
            {
                throw world.Journal.Mismatch("versions in memory", $"{least.Count} and {unclaimed} at most", $"{count}");
            }

            return;
        }

        var rows = await RowsOnDiskAsync();
        var extra = rows.Where(r => world.PinHolders.Any(p => !IsClaimed(r.Key.ToArray(), p) && r.Version <= p.View.At)).ToList();
        world.Journal.Same(
            "versions on disk",
            AnswerText.Of(world.Reference.Entries.Where(e => least.Contains(e) || extra.Contains(e.Row)).Select(e => e.Row)),
            AnswerText.Of(rows));
        if (rows.Count > least.Count + unclaimed)
        {
            throw world.Journal.Mismatch("versions on disk", $"{least.Count} and {unclaimed} at most", $"{rows.Count}");
        }
    }

    // Behind the store's back, so what fails transiently is tried again here, and pages may be short.
    private async Task<List<VersionedRow>> RowsOnDiskAsync()
    {
        var view = new TierView(CommitVersion.Latest, ulong.MaxValue);
        var scan = new TierScan(KeyRange.All, view, TierScanMode.History, ScanDirection.Forward, MaxRowsOnDisk);
        List<VersionedRow> rows = [];
        while (true)
        {
            try
            {
                var page = await world.Fixture.Tier.ScanAsync(scan, CancellationToken.None);
                rows.AddRange(page.Rows.Select(r => new VersionedRow(r.Key, r.Version, r.Value)));
                if (page.Next is null)
                {
                    return rows;
                }

                scan = scan with { After = page.Next };
            }
            catch (PersistentTierException e) when (e.Failure == TierFailure.Transient)
            {
                world.Journal.Note("  read again");
            }
        }
    }

    private IEnumerable<ReferenceView> PinsOn(byte[] key) => world.PinHolders.Where(p => IsClaimed(key, p)).Select(p => p.View);

    private bool IsClaimed(byte[] key, ModelReader holder) => holder.Floors.Of(key) <= holder.View.At;
}
