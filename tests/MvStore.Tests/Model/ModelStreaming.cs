using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Scans and histories, at once or row by row while other operations run.</summary>
internal sealed class ModelStreaming(ModelWorld world)
{
    private const int MaxStreams = 2;
    private const string TheEnd = "the end";

    public async Task ScanAsync(Random random)
    {
        var reader = world.Choices.PickReader(random);
        var (range, after, direction) = world.Choices.PickScan(random, reader);
        var name = $"scan {ModelWorld.Show(range)} after {after} {direction} {reader}";
        var errors = world.Unreadable(reader, range, after);
        var rows = world.Reference.Scan(range, reader.View, after.Value, direction);
        var expected = errors ?? [AnswerText.Of(rows)];
        await world.Journal.ExpectAsync(name, async () => AnswerText.Of(await Scans.ToListAsync(Scan(reader, range, after, direction))), expected);
        await world.Journal.ExpectAsync(
            $"{name} in portions",
            async () => AnswerText.Of(await Portions.ToListAsync(OpenScan(reader, range, after, direction))),
            expected);
        var most = random.Next(4);
        await world.Journal.ExpectAsync(
            $"{name} in portions, abandoned after {most}",
            async () => AnswerText.Of(await Portions.TakeAsync(OpenScan(reader, range, after, direction), most)),
            errors ?? [AnswerText.Of(rows.Take(most))]);
    }

    public async Task BeginStreamAsync(Random random)
    {
        var reader = world.Choices.PickReader(random);
        var (range, after, direction) = world.Choices.PickScan(random, reader);
        var history = random.Next(3) == 0;
        var inPortions = random.Next(2) == 0;
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
            Rows = Rows().GetAsyncEnumerator(),
            Rest = new Queue<VersionedRow>(rest),
        };
        world.Streams.Add(stream);
        await AdvanceAsync(stream, 1);

        IAsyncEnumerable<VersionedRow> Rows() => (history, inPortions) switch
        {
            (true, true) => Portions.EnumerateAsync(OpenHistory(reader, range)),
            (true, false) => History(reader, range),
            (false, true) => Portions.EnumerateAsync(OpenScan(reader, range, after, direction)),
            (false, false) => Scan(reader, range, after, direction),
        };
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
            if (world.Reference.IsDoubtful(row.Key.Span, row.Version))
            {
                continue;
            }

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
        List<VersionedRow> rows = [];
        var answer = await world.Journal.TryAsync(name, async () => AnswerText.Of(rows = await Scans.ToListAsync(History(reader, range))));
        var inPortions = await world.Journal.TryAsync($"{name} in portions", () => new ValueTask<string>(Portions.ShowAsync(OpenHistory(reader, range))));
        if (world.Unreadable(reader, range, CommitVersion.Zero) is { } errors)
        {
            world.Journal.OneOf(name, errors, answer);
            world.Journal.OneOf(name, errors, inPortions);
            return;
        }

        world.Journal.Same($"{name} in portions", answer, inPortions);
        await world.Journal.ExpectAsync(
            $"{name} in portions, abandoned in the middle",
            async () => AnswerText.Of(await Portions.TakeAsync(OpenHistory(reader, range), rows.Count / 2)),
            AnswerText.Of(rows.Take(rows.Count / 2)));

        // What no rule keeps may be missing: the newest entry below the floor that a snapshot sees, when a late one released it.
        var expected = world.Reference.History(range, reader.View, world.Reference.Floors).Where(e => IsCertain(e) || rows.Contains(e.Row));
        world.Journal.Same(name, AnswerText.Of(expected.Select(e => e.Row)), answer);

        bool IsCertain(ReferenceEntry entry)
            => !world.Reference.IsDoubtful(entry.Key, entry.Version)
                && (reader.Snapshot is null
                    || entry.Version > world.Reference.FloorOf(entry.Key)
                    || entry == world.Reference.Newest(entry.Key, reader.View)
                    || !world.Reference.IsUndermined(reader.View, reader.Floors, entry.Key));
    }

    private IAsyncEnumerable<VersionedRow> Scan(ModelReader reader, KeyRange range, CommitVersion after, ScanDirection direction)
        => reader.Snapshot is { } snapshot
            ? snapshot.ScanAsync(range, direction, after)
            : world.Store.ScanAsync(range, ReadScope.Between(after, reader.At), direction);

    private RowScan OpenScan(ModelReader reader, KeyRange range, CommitVersion after, ScanDirection direction)
        => reader.Snapshot is { } snapshot
            ? snapshot.OpenScan(range, direction, after)
            : world.Store.OpenScan(range, ReadScope.Between(after, reader.At), direction);

    private RowScan OpenHistory(ModelReader reader, KeyRange range)
        => reader.Snapshot is { } snapshot ? snapshot.OpenHistory(range) : world.Store.OpenHistory(range, reader.At);

    private IAsyncEnumerable<VersionedRow> History(ModelReader reader, KeyRange range)
        => reader.Snapshot is { } snapshot ? snapshot.HistoryAsync(range) : world.Store.HistoryAsync(range, reader.At);
}
