using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Commits, flushes and eviction.</summary>
internal sealed class ModelWriting(ModelWorld world)
{
    public async Task CommitAsync(Random random)
    {
        var version = world.Choices.PickCommitVersion(random);
        var batch = new WriteBatch();
        for (var i = random.Next(5); i > 0; i--)
        {
            var key = world.Choices.PickKey(random);
            _ = random.Next(12) switch
            {
                < 7 => batch.Set(key, ModelChoices.PickValue(random)),
                < 8 => batch.Unset(key, ModelChoices.PickValue(random)),
                < 10 => batch.Remove(key),
                _ => batch.Drop(key),
            };
        }

        var durability = random.Next(8) == 0 ? Durability.Durable : Durability.Buffered;
        var deltas = string.Join(", ", batch.Deltas.Select(d => $"{d.Kind} {ByteText.Format(d.Key.Span)}={ByteText.Format(d.Value.Span)}"));
        var published = $"published {world.Reference.Sequence + 1}";
        var refusals = Refusals(version, batch, durability).ToArray();
        var answer = await world.Journal.ExpectAsync(
            $"commit {version} {durability}: {deltas}",
            async () => $"published {(await world.Store.CommitAsync(batch, version, durability)).Sequence}",
            refusals.Length == 0 ? [published] : refusals);
        if (answer == published)
        {
            world.Publish(version, batch, durability);
        }
    }

    private IEnumerable<string> Refusals(ulong version, WriteBatch batch, Durability durability)
    {
        if (version is 0 || version > CommitVersion.Max.Value)
        {
            return ["argument out of range"];
        }

        var floors = batch.Count == 0
            ? [world.Reference.Floors.Default]
            : batch.Deltas.Select(d => world.Reference.FloorOf(d.Key.ToArray()));
        var belowFloor = floors.Where(f => version <= f).Select(f => AnswerText.BelowFloor(version, f));
        var duplicates = world.Reference.Duplicates(version, batch.Deltas).Select(key => AnswerText.Duplicate(key, version));
        var unavailable = durability == Durability.Durable && !world.HasTier ? (string[])["durability unavailable"] : [];
        return [.. belowFloor, .. duplicates, .. unavailable];
    }

    public async Task FlushAsync()
    {
        await world.Journal.ExpectAsync(
            "flush",
            async () =>
            {
                await world.Store.FlushAsync();
                return "flushed";
            },
            world.HasTier ? "flushed" : "durability unavailable");
        if (world.HasTier)
        {
            world.Reference.MarkFlushed();
        }
    }

    public async Task EvictAsync(Random random)
    {
        var target = random.Next(3) == 0 ? random.Next(2_000) : 0;
        await world.Journal.ExpectAsync(
            $"evict to {target}",
            () =>
            {
                var dropped = world.Store.Evict(target);
                var left = world.Store.GetStatistics().BufferedBytes;
                var done = world.HasTier ? left <= target || world.Reference.Flushed < world.Reference.Sequence : dropped == 0;
                return ValueTask.FromResult(done ? "evicted" : $"dropped {dropped}, left {left}");
            },
            "evicted");
    }
}
