using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Rollbacks of any range to any version at any version. What they are to write is worked out key by key.</summary>
internal sealed class ModelRollbacks(ModelWorld world)
{
    // What the remote tier takes at once.
    private const int MostRemoteKeys = 12;

    public async Task RollBackAsync(Random random)
    {
        var version = world.Choices.PickCommitVersion(random);
        var to = random.Next(3) == 0 ? world.Choices.PickReadVersion(random) : PickBelow(random, version);
        var (range, _, _) = world.Choices.PickScan(random, world.Choices.PickReader(random, latestOnly: true));
        var durability = random.Next(8) == 0 ? Durability.Durable : Durability.Buffered;
        var before = world.Reference.Scan(range, world.Reference.Now(to), 0, ScanDirection.Forward);
        var batch = Difference(before, world.Reference.Scan(range, world.Reference.Now(version), 0, ScanDirection.Forward));
        var removed = batch.Deltas.Count(d => d.Kind == DeltaKind.Remove);
        var counts = $"{batch.Count - removed} set, {removed} removed";

        var name = $"{to} at {version} {durability} in {ModelWorld.Show(range)}";
        var unreadable = Unreadable(to, version, range);
        await world.Journal.ExpectAsync(
            $"preview rollback to {name}",
            async () => Counts((await world.Store.PreviewRollbackAsync(to, version, range)).Totals),
            unreadable is null ? [counts] : range.IsEmpty ? [unreadable, counts] : [unreadable]);

        var published = $"published {world.Reference.Sequence + 1}: {counts}, 1 attempt";
        var refusals = Refusals(unreadable, version, batch, durability);
        var answer = await world.Journal.ExpectAsync(
            $"roll back to {name}",
            async () =>
            {
                var receipt = await world.Store.RollBackAsync(to, version, range, durability);
                return $"published {receipt.Commit.Sequence}: {Counts(receipt.Totals)}, {receipt.Attempts} attempt";
            },
            refusals.Length == 0 ? [published] : range.IsEmpty ? [.. refusals, published] : refusals);
        if (answer != published)
        {
            return;
        }

        world.Reference.Publish(version, batch.Deltas);
        if (durability == Durability.Durable)
        {
            if (world.IsLogged)
            {
                world.Reference.MarkDurable();
            }
            else
            {
                world.Reference.MarkFlushed();
            }
        }

        var restored = await Scans.ToListAsync(world.Store.ScanAsync(range, ReadScope.AsOf(version)));
        world.Journal.Same("what was restored", Contents(before), Contents(restored));
    }

    private static ulong PickBelow(Random random, ulong version) => version - Math.Min((ulong)random.Next(1, 30), version);

    private static WriteBatch Difference(IReadOnlyList<VersionedRow> before, IReadOnlyList<VersionedRow> now)
    {
        var batch = new WriteBatch();
        foreach (var row in before.Where(b => !now.Any(n => n.Key.Span.SequenceEqual(b.Key.Span) && n.Value.Span.SequenceEqual(b.Value.Span))))
        {
            batch.Set(row.Key.Span, row.Value.Span);
        }

        foreach (var row in now.Where(n => !before.Any(b => b.Key.Span.SequenceEqual(n.Key.Span))))
        {
            batch.Remove(row.Key.Span);
        }

        return batch;
    }

    private static string Counts(RollbackTotals totals) => $"{totals.SetKeys} set, {totals.RemovedKeys} removed";

    private static string Contents(IEnumerable<VersionedRow> rows)
        => string.Join(", ", rows.Select(r => $"{ByteText.Format(r.Key.Span)}={ByteText.Format(r.Value.Span)}"));

    private string? Unreadable(CommitVersion to, CommitVersion version, KeyRange range)
        => version == CommitVersion.Zero || version > CommitVersion.Max || to >= version ? "argument out of range"
            : to.Value < world.Reference.Floors.In(range) ? AnswerText.BelowFloor(to, world.Reference.Floors.In(range))
            : null;

    private string[] Refusals(string? unreadable, ulong version, WriteBatch batch, Durability durability)
    {
        if (unreadable == "argument out of range")
        {
            return [unreadable];
        }

        if (durability == Durability.Durable && !world.HasTier)
        {
            return ["durability unavailable"];
        }

        if (unreadable is not null)
        {
            return [unreadable];
        }

        return world.IsRemote && batch.Count > MostRemoteKeys
            ? ["too large: keys of a slice of the persistent tier"]
            : [.. world.Reference.Duplicates(version, batch.Deltas).Select(key => AnswerText.Duplicate(key, version))];
    }
}
