using MvStore.Tests.Text;

namespace MvStore.Tests.Model;

/// <summary>Opening and closing of snapshots and of the store, and the figures that tell of both.</summary>
internal sealed class ModelLifetimes(ModelWorld world, ModelPaging paging)
{
    private const int MaxSnapshots = 5;
    private int _named;

    public async Task OpenSnapshotAsync(Random random)
    {
        if (world.Snapshots.Count == MaxSnapshots)
        {
            return;
        }

        var at = world.Choices.PickReadVersion(random);
        var owner = $"s{++_named}";
        ISnapshot? snapshot = null;
        var view = world.Reference.Now(at);
        await world.Journal.ExpectAsync(
            $"open snapshot {owner} at {at}",
            () =>
            {
                snapshot = world.Store.OpenSnapshot(at, owner);
                return ValueTask.FromResult($"opened at {snapshot.Version}");
            },
            view.At < world.Reference.Floors.Lowest
                ? AnswerText.BelowFloor(view.At, world.Reference.Floors.Lowest)
                : $"opened at {view.At}");
        if (snapshot is not null)
        {
            world.Snapshots.Add(new ModelReader(snapshot, at, view, world.Reference.Floors));
        }
    }

    public async Task CloseSnapshotAsync(Random random)
    {
        if (world.Snapshots.Count == 0)
        {
            return;
        }

        var reader = world.Snapshots[random.Next(world.Snapshots.Count)];
        world.Journal.Note($"close {reader}");
        foreach (var stream in world.Streams.Where(s => s.Reader == reader).ToList())
        {
            await stream.Rows.DisposeAsync();
            world.Streams.Remove(stream);
        }

        world.Pages.RemoveAll(p => p.Reader == reader);
        world.Snapshots.Remove(reader);
        for (var times = random.Next(1, 3); times > 0; times--)
        {
            reader.Snapshot!.Dispose();
        }

        await RequireDisposedAsync(reader);
    }

    public async Task ReopenAsync()
    {
        if (!world.HasTier)
        {
            return;
        }

        world.Journal.Note("reopen");
        foreach (var stream in world.Streams)
        {
            await stream.Rows.DisposeAsync();
        }

        world.Streams.Clear();
        await world.Fixture.ReopenAsync();
        foreach (var reader in world.Snapshots)
        {
            await RequireDisposedAsync(reader);
            reader.Snapshot!.Dispose();
        }

        foreach (var pages in world.Pages.Where(p => p.Reader.Snapshot is null))
        {
            await world.Journal.ExpectAsync(
                "  page of an earlier opening",
                async () => AnswerText.Of((await paging.ReadPageAsync(pages, 1)).Rows),
                "argument refused");
        }

        world.Snapshots.Clear();
        world.Pages.Clear();
        world.Reference.MarkFlushed();
        await InspectAsync();
    }

    public Task InspectAsync()
    {
        world.Journal.Note("inspect");
        var figures = world.Store.GetStatistics();
        world.Journal.Same("visible version", $"{world.Reference.Highest}", $"{world.Store.VisibleVersion}");
        world.Journal.Same("published sequence", $"{world.Reference.Sequence}", $"{figures.PublishedSequence}");
        RequireDurable();
        world.Journal.Same("floor", $"{world.Reference.Floors.Default}", $"{world.Store.GetFloor()}");
        world.Journal.Same("open snapshots", $"{world.Snapshots.Count}", $"{figures.OpenSnapshots}");
        world.Journal.Same(
            "list of snapshots",
            Show(world.Snapshots.Select(s => (s.Snapshot!.Owner, s.View.At))),
            Show(world.Store.GetOpenSnapshots().Select(s => (s.Owner, s.Version.Value))));
        return Task.CompletedTask;
    }

    private static string Show(IEnumerable<(string Owner, ulong Version)> snapshots)
        => string.Join(", ", snapshots.Select(s => $"{s.Owner}@{s.Version}").Order(StringComparer.Ordinal));

    private Task<string> RequireDisposedAsync(ModelReader reader)
        => world.Journal.ExpectAsync(
            $"  get {reader}",
            async () => AnswerText.Of(await reader.Snapshot!.GetAsync(world.Settings.Keys[0])),
            AnswerText.Disposed);

    /// <summary>
    /// What was asked to be durable is. A flush goes on as long as it finds something, so a commit that came just after may be, too.
    /// </summary>
    private void RequireDurable()
    {
        var version = $"{world.Store.DurableVersion}";
        var sequence = $"{world.Store.GetStatistics().DurableSequence}";
        if (!world.HasTier)
        {
            world.Journal.Same("durable version", "0", version);
            world.Journal.Same("durable sequence", "0", sequence);
            return;
        }

        var pending = (int)(world.Reference.Sequence - world.Reference.Durable);
        var possible = Enumerable.Range((int)world.Reference.Durable, pending + 1).ToList();
        world.Journal.OneOf("durable version", possible.Select(d => $"{world.Reference.DurableVersionAt((ulong)d)}"), version);
        world.Journal.OneOf("durable sequence", possible.Select(d => $"{d}"), sequence);
    }
}
