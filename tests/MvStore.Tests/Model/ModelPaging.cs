using MvStore.Reading;
using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Paged scans that other operations interrupt between their pages.</summary>
internal sealed class ModelPaging(ModelWorld world)
{
    private const int MaxPages = 4;

    public async Task BeginPagesAsync(Random random)
    {
        var reader = world.Choices.PickReader(random);
        var (range, after, direction) = world.Choices.PickScan(random, reader);
        var pages = new ModelPages
        {
            Reader = reader,
            Range = range,
            After = after,
            Direction = direction,
            FloorsAtStart = world.Reference.Floors,
            Rest = new Queue<VersionedRow>(world.Reference.Scan(range, reader.View, after.Value, direction)),
        };
        await PageAsync($"first page of {ModelWorld.Show(range)} after {after} {direction} {reader}", pages, random.Next(1, 5));
        if (pages.Next is not null)
        {
            world.Pages.Add(pages);
            if (world.Pages.Count > MaxPages)
            {
                world.Pages.RemoveAt(0);
            }
        }
    }

    public async Task NextPageAsync(Random random)
    {
        if (world.Pages.Count == 0)
        {
            return;
        }

        var pages = world.Pages[random.Next(world.Pages.Count)];
        await PageAsync(
            $"next page of {ModelWorld.Show(pages.Range)} after {pages.After} {pages.Direction} {pages.Reader}",
            pages, random.Next(1, 5));
        if (pages.Next is null)
        {
            world.Pages.Remove(pages);
        }
    }

    private async Task PageAsync(string name, ModelPages pages, int size)
    {
        var first = pages.Next is null;
        var errors = first ? world.Unreadable(pages.Reader, pages.Range, pages.After) : Overtaken(pages);
        ScanPage? page = null;
        var answer = await world.Journal.TryAsync(
            $"{name}, {size} rows",
            async () =>
            {
                page = await ReadPageAsync(pages, size);
                return AnswerText.Of(page.Rows);
            });
        if (page is null || (errors is not null && !errors.Contains(null)))
        {
            if (errors is null || !errors.Contains(answer))
            {
                throw world.Journal.Mismatch(name, $"{string.Join(" or ", errors ?? ["rows"])}", answer);
            }

            pages.Next = null;
            return;
        }

        if (page.Rows.Count > size)
        {
            throw world.Journal.Mismatch(name, $"{size} rows at most", answer);
        }

        world.Journal.Same(name, AnswerText.Of(pages.Rest.Take(page.Rows.Count)), answer);
        for (var i = 0; i < page.Rows.Count; i++)
        {
            pages.Rest.Dequeue();
        }

        RequireProgress(name, pages, page, size);
        pages.Next = page.Next;
        if (page.Next is null && pages.Rest.Count != 0)
        {
            throw world.Journal.Mismatch(name, $"a continuation, for {AnswerText.Of(pages.Rest)}", "the end");
        }
    }

    /// <summary>
    /// A page that is not the last comes further than the one before it, and is short of rows only if it skipped as much as a page may. With one entry to skip, each page passes an entry, or finds that
    /// a key has no more of them: whether a page that ended inside a key left anything of it, only the next one looks. So there are as many empty pages in a row as entries and keys, and the last one.
    /// </summary>
    private void RequireProgress(string name, ModelPages pages, ScanPage page, int size)
    {
        var keys = world.Settings.Keys.Count;
        var most = world.Reference.EverPublished + keys + 1;
        pages.EmptyPages = page.Rows.Count == 0 ? pages.EmptyPages + 1 : 0;
        if (pages.EmptyPages > most)
        {
            throw world.Journal.Mismatch(name, $"{most} empty pages in a row at most", $"{pages.EmptyPages}");
        }

        if (page.Next is not { } next)
        {
            return;
        }

        // Each look at the disk passes one of those, and may count all keys that are in memory anew.
        if (page.Rows.Count < size && world.Settings.MaxSkippedPerPage > most * (keys + 1))
        {
            throw world.Journal.Mismatch(name, $"{size} rows or the end", $"{page.Rows.Count} rows and a continuation, where there is so little to skip");
        }

        var position = PageTokenCodec.Decode(next).After;
        if (pages.Position is { } before && !IsBehind(before, position, pages.Direction))
        {
            throw world.Journal.Mismatch(name, $"a continuation behind {Show(before)}", Show(position));
        }

        pages.Position = position;
    }

    // Within a key both directions go down.
    private static bool IsBehind(TierPosition before, TierPosition position, ScanDirection direction)
    {
        var order = position.Key.Span.SequenceCompareTo(before.Key.Span);
        return order == 0 ? position.Version < before.Version : order > 0 == (direction == ScanDirection.Forward);
    }

    private static string Show(TierPosition position) => $"{ByteText.Format(position.Key.Span)}@{position.Version}";

    /// <summary>The errors a later page may (null among them) or must give; null when it must give rows.</summary>
    private string?[]? Overtaken(ModelPages pages)
    {
        if (pages.Reader.Snapshot is not null || !world.Reference.Floors.HasRisenIn(pages.Range, pages.FloorsAtStart))
        {
            return null;
        }

        // Its moment is no longer kept when the floor is above it. It may also be called off earlier, but only because the floor rose.
        var floor = world.Reference.Floors.In(pages.Range);
        var error = AnswerText.BelowFloor(pages.Reader.View.At, floor);
        return floor > pages.Reader.View.At ? [error] : [error, null];
    }

    public ValueTask<ScanPage> ReadPageAsync(ModelPages pages, int size)
        => pages.Reader.Snapshot is { } snapshot
            ? snapshot.ScanPageAsync(pages.Range, size, pages.Direction, pages.Next, pages.After)
            : world.Store.ScanPageAsync(pages.Range, ReadScope.Between(pages.After, pages.Reader.At), size, pages.Direction, pages.Next);
}
