namespace MvStore.Tests.Scenarios;

/// <summary>A paged scan that a script goes on with, page by page.</summary>
internal sealed class ScenarioPages(Func<int, PageToken?, ValueTask<ScanPage>> read)
{
    private PageToken? _next;

    public async ValueTask<ScanPage> NextAsync(int size)
    {
        var page = await read(size, _next);
        _next = page.Next;
        return page;
    }
}
