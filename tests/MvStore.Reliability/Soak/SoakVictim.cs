namespace MvStore.Reliability.Soak;

/// <summary>
/// A process of a soak: several writers, readers at old and new snapshots, short and long ones, and maintenance on request beside what the store does by itself. It tells what it was told,
/// and figures of itself, and goes on until it is killed or its input ends; then it closes its store.
/// </summary>
internal static class SoakVictim
{
    private const int QuickReaders = 2;
    private static readonly TimeSpan QuickHold = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs the process.</summary>
    /// <param name="settings">Its store.</param>
    public static async Task RunAsync(SoakSettings settings)
    {
        var plan = new SoakPlan(settings.Seed);
        var output = new SoakOutput(Console.Out);
        output.Opening();
        await using var store = await SoakStore.Busy(settings.Directory, settings.HasLog).OpenAsync();
        using var stopping = new CancellationTokenSource();
        var stop = stopping.Token;
        SoakView view;
        using (var snapshot = store.OpenSnapshot(CommitVersion.Latest, "begin"))
        {
            view = await SoakView.OfAsync(snapshot);
            output.Open(store.GetStatistics().PublishedSequence, view);
        }

        var random = new Random(unchecked(settings.Seed + (int)view.Sum));
        var holds = new Random(random.Next());
        SoakReader[] readers = [.. Enumerable.Range(0, QuickReaders + 1).Select(_ => new SoakReader(store, plan, random.Next()))];
        List<Task> work =
        [
            Task.Run(Console.In.ReadToEnd, CancellationToken.None),
            new SoakWriters(store, plan, settings, output).RunAsync(view, stop),
            .. readers.Take(QuickReaders).Select(reader => ReadAsync(reader, () => QuickHold, stop)),
            ReadAsync(readers[^1], () => holds.NextDouble() * LongestHold, stop),
            MaintainAsync(store, new Random(random.Next()), stop),
            TellAsync(store, readers, output, stop),
        ];

        // The input ends, or something is wrong, which ends everything.
        var first = await Task.WhenAny(work);
        await stopping.CancelAsync();
        await first;
        await Task.WhenAll(work.Skip(1));
    }

    private static async Task ReadAsync(SoakReader reader, Func<TimeSpan> hold, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            await reader.RunAsync(hold(), stop);
        }
    }

    // What a host may ask for at any time.
    private static async Task MaintainAsync(IMultiVersionStore store, Random random, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            switch (random.Next(12))
            {
                case 0:
                    await store.FlushAsync(CancellationToken.None);
                    break;
                case 1:
                    store.Evict(random.Next(2) * random.NextInt64(SoakStore.MemoryBudget));
                    break;
                case 2:
                    await store.ReclaimAsync(CancellationToken.None);
                    break;
                case 3:
                    await store.ExplainAsync(new SoakKey(SoakLane.Hot, random.Next(SoakPlan.Writers), random.Next(SoakLane.Hot.Keys)).ToBytes(), CancellationToken.None);
                    break;
                case 4:
                    await store.WaitForDurableAsync(store.VisibleVersion, CancellationToken.None);
                    break;
                default:
                    break;
            }

            await SoakWriters.RestAsync(Pause, stop);
        }
    }

    private static async Task TellAsync(IMultiVersionStore store, SoakReader[] readers, SoakOutput output, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            output.Figures(SoakFigures.Of(store, readers.Sum(reader => reader.Checked)));
            await SoakWriters.RestAsync(Pause, stop);
        }
    }
}
