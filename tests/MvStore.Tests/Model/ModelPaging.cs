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

        pages.EmptyPages = page.Rows.Count == 0 ? pages.EmptyPages + 1 : 0;
        if (pages.EmptyPages > world.Reference.Entries.Count + 2)
        {
            throw world.Journal.Mismatch(name, "progress", $"{pages.EmptyPages} empty pages in a row");
        }

        pages.Next = page.Next;
        if (page.Next is null && pages.Rest.Count != 0)
        {
            throw world.Journal.Mismatch(name, $"a continuation, for {AnswerText.Of(pages.Rest)}", "the end");
        }
    }

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
