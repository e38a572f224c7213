namespace MvStore.Tests.Fixtures;

/// <summary>Runs work on real threads, all beginning at once.</summary>
public static class Crowd
{
    /// <summary>Runs each piece of work on a thread of its own and throws what any of them threw.</summary>
    public static async Task RunAsync(params IReadOnlyList<Func<Task>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var start = new Barrier(work.Count);
        var running = work
            .Select(piece => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return piece();
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap())
            .ToArray();
        await Task.WhenAll(running).Guarded();
    }
}
