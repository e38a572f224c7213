using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Reads of single keys.</summary>
internal sealed class ModelPointReading(ModelWorld world)
{
    public async Task GetAsync(Random random)
    {
        var (reader, key) = (world.Choices.PickReader(random), world.Choices.PickKey(random));
        var expected = world.Unreadable(reader, [key]) ?? [AnswerText.Of(world.Reference.Get(key, reader.View))];
        await world.Journal.ExpectAsync(
            $"get {ByteText.Format(key)} {reader}",
            async () => AnswerText.Of(await (reader.Snapshot is { } s ? s.GetAsync(key) : world.Store.GetAsync(key, reader.At))),
            expected);
        await world.Journal.ExpectAsync(
            $"copy {ByteText.Format(key)} {reader}",
            async () => await (reader.Snapshot is { } s ? RowTexts.CopyAsync(s, key) : RowTexts.CopyAsync(world.Store, key, reader.At)),
            expected);

        // Memory may not know while there is a tier.
        await world.Journal.ExpectAsync(
            $"try to get {ByteText.Format(key)} {reader}",
            () => ValueTask.FromResult(reader.Snapshot is { } s ? RowTexts.TryGet(s, key) : RowTexts.TryGet(world.Store, key, reader.At)),
            world.HasTier ? [.. expected, RowTexts.NotInMemory] : expected);
    }

    public Task<string> ContainsAsync(Random random)
    {
        var (reader, key) = (world.Choices.PickReader(random), world.Choices.PickKey(random));
        return world.Journal.ExpectAsync(
            $"contains {ByteText.Format(key)} {reader}",
            async () => $"{await (reader.Snapshot is { } s ? s.ContainsAsync(key) : world.Store.ContainsAsync(key, reader.At))}",
            world.Unreadable(reader, [key]) ?? [$"{world.Reference.Get(key, reader.View) is not null}"]);
    }

    public Task<string> GetManyAsync(Random random)
    {
        var reader = world.Choices.PickReader(random);
        var keys = Enumerable.Range(0, random.Next(9)).Select(_ => world.Choices.PickKey(random)).ToList();
        var asked = keys.ConvertAll(k => new ReadOnlyMemory<byte>(k));
        return world.Journal.ExpectAsync(
            $"get many [{string.Join(", ", keys.Select(k => ByteText.Format(k)))}] {reader}",
            async () => AnswerText.Of(await (reader.Snapshot is { } s
                ? s.GetManyAsync(asked)
                : world.Store.GetManyAsync(asked, reader.At))),
            world.Unreadable(reader, keys) ?? [AnswerText.Of(world.Reference.GetMany(keys, reader.View))]);
    }

    public Task<string> GetPreviousAsync(Random random)
    {
        var (reader, key) = (world.Choices.PickReader(random, latestOnly: true), world.Choices.PickKey(random));
        var before = world.Choices.PickReadVersion(random);
        return StepBackAsync(reader, key, before);
    }

    public async Task WalkBackAsync(Random random)
    {
        var (reader, key) = (world.Choices.PickReader(random, latestOnly: true), world.Choices.PickKey(random));
        var before = CommitVersion.Latest;
        for (var steps = 0; steps <= world.Reference.Entries.Count; steps++)
        {
            await StepBackAsync(reader, key, before);
            var step = await ReadAsync(reader, key, before);
            if (!step.HasRow)
            {
                return;
            }

            before = step.Row.Version;
        }

        throw world.Journal.Mismatch("walking back", "an end", "none");
    }

    private Task<string> StepBackAsync(ModelReader reader, byte[] key, CommitVersion before)
        => world.Journal.ExpectAsync(
            $"previous {ByteText.Format(key)} before {before} {reader}",
            async () => AnswerText.Of(await ReadAsync(reader, key, before)),
            [.. StepBack(reader, key, before)]);

    private ValueTask<PreviousVersion> ReadAsync(ModelReader reader, byte[] key, CommitVersion before)
        => reader.Snapshot is { } snapshot ? snapshot.GetPreviousAsync(key, before) : world.Store.GetPreviousAsync(key, before);

    private IEnumerable<string> StepBack(ModelReader reader, byte[] key, CommitVersion before)
    {
        if (before == CommitVersion.Zero)
        {
            return [AnswerText.Beginning];
        }

        if (reader.Snapshot is not null && reader.Floors.Of(key) > reader.View.At)
        {
            return [AnswerText.Reclaimed];
        }

        var at = Math.Min(before.Value - 1, reader.View.At);
        if (at < reader.View.At && at < world.Reference.FloorOf(key))
        {
            return [AnswerText.Reclaimed];
        }

        var entry = world.Reference.Newest(key, reader.View with { At = at });
        if (entry is null && world.Reference.HasForgotten(key))
        {
            return [AnswerText.Reclaimed];
        }

        if (entry is null && world.Settings.ReclaimsDeletedKeys && world.Reference.FloorOf(key) > 0)
        {
            // Whether keys have gone is remembered of all together.
            return [AnswerText.Beginning, AnswerText.Reclaimed];
        }

        var truth = entry is null ? AnswerText.Beginning : AnswerText.Of(PreviousVersion.Of(entry.Row));
        var isCertain = at == reader.View.At
            || (entry is not null && (entry == world.Reference.Newest(key, reader.View) || entry.Version > world.Reference.FloorOf(key)))
            || reader.Snapshot is null
            || !world.Reference.IsUndermined(reader.View, reader.Floors, key);
        isCertain &= entry is null || !world.Reference.IsDoubtful(key, entry.Version);

        // Below the floor a late version that the snapshot cannot see may have released what it stands on. Then the store may say so.
        return isCertain ? [truth] : [truth, AnswerText.Reclaimed];
    }
}
