using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Scans and histories, at once or row by row while other operations run.</summary>
internal sealed class ModelStreaming(ModelWorld world)
{
    private const int MaxStreams = 2;
    private const string TheEnd = "the end";

    public Task<string> ScanAsync(Random random)
    {
        var reader = world.Choices.PickReader(random);
        var (range, after, direction) = world.Choices.PickScan(random, reader);
        return world.Journal.ExpectAsync(
            $"scan {ModelWorld.Show(range)} after {after} {direction} {reader}",
            async () => AnswerText.Of(await Scans.ToListAsync(Scan(reader, range, after, direction))),
            world.Unreadable(reader, range, after) ?? [AnswerText.Of(world.Reference.Scan(range, reader.View, after.Value, direction))]);
    }

    public async Task BeginStreamAsync(Random random)
    {
        var reader = world.Choices.PickReader(random);
        var (range, after, direction) = world.Choices.PickScan(random, reader);
        var history = random.Next(3) == 0;
        if (world.Streams.Count == MaxStreams || world.Unreadable(reader, range, after) is not null)
        {
            return;
        }

        var rest = history
            ? world.Reference.History(range, reader.View, world.Reference.Floors).Select(e => e.Row)
            : world.Reference.Scan(range, reader.View, after.Value, direction);
        var stream = new ModelStream
        {
            Name = history
                ? $"history {ModelWorld.Show(range)} {reader}"
                : $"scan {ModelWorld.Show(range)} after {after} {direction} {reader}",
            Reader = reader,
            IsHistory = history,
            Rows = (history ? History(reader, range) : Scan(reader, range, after, direction)).GetAsyncEnumerator(),
            Rest = new Queue<VersionedRow>(rest),
        };
        world.Streams.Add(stream);
        await AdvanceAsync(stream, 1);
    }

    public async Task AdvanceStreamAsync(Random random)
    {
        if (world.Streams.Count != 0)
        {
            await AdvanceAsync(world.Streams[random.Next(world.Streams.Count)], random.Next(1, 6));
        }
    }

    private async Task AdvanceAsync(ModelStream stream, int rows)
    {
        for (; rows > 0; rows--)
        {
            if (stream.IsHistory && !await AdvanceHistoryAsync(stream))
            {
                return;
            }

            if (stream.IsHistory)
            {
                continue;
            }

            var expected = stream.Rest.TryDequeue(out var row) ? AnswerText.Of(row) : TheEnd;
            var answer = await world.Journal.ExpectAsync(
                $"next of {stream.Name}",
                async () => await stream.Rows.MoveNextAsync() ? AnswerText.Of(stream.Rows.Current) : TheEnd,
                expected);
            if (answer == TheEnd)
            {
                await EndAsync(stream);
                return;
            }
        }
    }

    /// <summary>
    /// A history runs down to the floor, which may rise while it runs: it may leave out what is at or below the floor by then, but never
    /// the newest row of a key.
    /// </summary>
    private async Task<bool> AdvanceHistoryAsync(ModelStream stream)
    {
        var answer = await world.Journal.TryAsync(
            $"next of {stream.Name}",
            async () => await stream.Rows.MoveNextAsync() ? AnswerText.Of(stream.Rows.Current) : TheEnd);
        while (stream.Rest.TryDequeue(out var row))
        {
            if (AnswerText.Of(row) == answer)
            {
                stream.LastKey = row.Key.ToArray();
                return true;
            }

            var isNewest = stream.LastKey is null || !row.Key.Span.SequenceEqual(stream.LastKey);
            if (isNewest || row.Version.Value > world.Reference.FloorOf(row.Key.ToArray()))
            {
                throw world.Journal.Mismatch(stream.Name, AnswerText.Of(row), answer);
            }
        }

        world.Journal.Same(stream.Name, TheEnd, answer);
        await EndAsync(stream);
        return false;
    }

    private async Task EndAsync(ModelStream stream)
    {
        await stream.Rows.DisposeAsync();
        world.Streams.Remove(stream);
    }

    public async Task HistoryAsync(Random random)
    {
        var reader = world.Choices.PickReader(random);
        var range = random.Next(2) == 0 ? KeyRange.Exactly(world.Choices.PickKey(random)) : world.Choices.PickScan(random, reader).Range;
        var name = $"history {ModelWorld.Show(range)} {reader}";
        IReadOnlyList<VersionedRow> rows = [];
        var answer = await world.Journal.TryAsync(name, async () => AnswerText.Of(rows = await Scans.ToListAsync(History(reader, range))));
        if (world.Unreadable(reader, range, CommitVersion.Zero) is { } errors)
        {
            world.Journal.OneOf(name, errors, answer);
            return;
        }

        // What no rule keeps may be missing: the newest entry below the floor that a snapshot sees, when a late one released it.
        var expected = world.Reference.History(range, reader.View, world.Reference.Floors).Where(e => IsCertain(e) || rows.Contains(e.Row));
        world.Journal.Same(name, AnswerText.Of(expected.Select(e => e.Row)), answer);

        bool IsCertain(ReferenceEntry entry)
            => reader.Snapshot is null
                || entry.Version > world.Reference.FloorOf(entry.Key)
                || entry == world.Reference.Newest(entry.Key, reader.View)
                || !world.Reference.IsUndermined(reader.View, reader.Floors, entry.Key);
    }

    private IAsyncEnumerable<VersionedRow> Scan(ModelReader reader, KeyRange range, CommitVersion after, ScanDirection direction)
        => reader.Snapshot is { } snapshot
            ? snapshot.ScanAsync(range, direction, after)
            : world.Store.ScanAsync(range, ReadScope.Between(after, reader.At), direction);

    private IAsyncEnumerable<VersionedRow> History(ModelReader reader, KeyRange range)
        => reader.Snapshot is { } snapshot ? snapshot.HistoryAsync(range) : world.Store.HistoryAsync(range, reader.At);
}
