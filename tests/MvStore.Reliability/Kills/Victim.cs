using System.Globalization;
using MvStore.Reliability.Scripts;
using MvStore.Reliability.Soak;

namespace MvStore.Reliability.Kills;

/// <summary>
/// The process that gets killed. It tells on its output what it was told: "open n" when the store was opened with n publications, "d n" and "l n" when publication n was
/// acknowledged as durable or as logged. It ends by itself when its store refuses to go on, or when it was asked for a number of commits.
/// </summary>
internal static class Victim
{
    public const int Done = 0;
    public const int Stopped = 3;
    public const int Refused = 4;

    private const int MostWaiting = 8;

    /// <summary>Runs the process.</summary>
    /// <param name="args">
    /// <c>commit DIRECTORY SEED HASLOG COUNT</c>: commits until it has made that many. <c>large DIRECTORY DELTAS BYTES</c>: makes one large commit, and waits to be killed.
    /// <c>hold DIRECTORY SEED</c>: makes some commits, of which the last ones are in the log alone, and waits to be killed.
    /// <c>capped DIRECTORY LIMIT COUNT</c>: commits more than fits into memory; tells the versions that are durable.
    /// <c>soak DIRECTORY SEED HASLOG RATE</c>: does all that a store can do, until its input ends.
    /// </param>
    public static async Task<int> RunAsync(string[] args)
    {
        // The runtime buffers, and the kernel does not lose what a killed process has written.
        var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Console.SetOut(output);
        try
        {
            await (args[0] switch
            {
                "large" => LargeAsync(args[1], LargeCommit.Parse(args[2], args[3])),
                "soak" => SoakVictim.RunAsync(SoakSettings.Parse(args[1..])),
                "capped" => CappedAsync(args[1], long.Parse(args[2], CultureInfo.InvariantCulture), ulong.Parse(args[3], CultureInfo.InvariantCulture)),
                "hold" => HoldAsync(args[1], int.Parse(args[2], CultureInfo.InvariantCulture)),
                _ => CommitAsync(args),
            });
            return Done;
        }
        catch (StoreInUseException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Refused;
        }
        catch (Exception e) when (e is MvStoreException or LossException)
        {
            await Console.Error.WriteLineAsync(e.ToString());
            return Stopped;
        }
    }

    private static async Task LargeAsync(string directory, LargeCommit commit)
    {
        await using var store = await KillStore.Quiet(directory, hasLog: true).OpenAsync();
        await store.CommitAsync(commit.Batch(), LargeCommit.Version, Durability.Durable);
        await Console.Out.WriteLineAsync("d 1");
        await Console.In.ReadToEndAsync();
    }

    private static async Task CappedAsync(string directory, long hardLimit, ulong commits)
    {
        await using var store = await CappedLoad.In(directory, hardLimit).OpenAsync();
        await CappedLoad.RunAsync(store, commits, receipt => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"d {receipt.Version.Value}")));
    }

    // The first part is copied into the file, the second is in SQLite's log, the third in the commit log alone.
    private static async Task HoldAsync(string directory, int seed)
    {
        const ulong InFile = 100;
        const ulong InTier = InFile + 4;
        const ulong InLog = InTier + 30;
        await using var store = await KillStore.Quiet(directory, hasLog: true).OpenAsync();
        for (ulong sequence = 1; sequence <= InLog; sequence++)
        {
            var step = KillSteps.At(seed, sequence);
            await store.CommitAsync(step.Batch(), step.Version, Durability.Durable);
            if (sequence is InFile or InTier)
            {
                await store.FlushAsync();
            }
        }

        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"d {InLog}"));
        await Console.In.ReadToEndAsync();
    }

    private static async Task CommitAsync(string[] args)
    {
        var seed = int.Parse(args[2], CultureInfo.InvariantCulture);
        var hasLog = bool.Parse(args[3]);
        var count = ulong.Parse(args[4], CultureInfo.InvariantCulture);
        await Console.Out.WriteLineAsync("opening");
        await using var store = await KillStore.Busy(args[1], hasLog).OpenAsync();
        var sequence = store.GetStatistics().PublishedSequence;
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"open {sequence}"));
        var waiting = new Queue<(string Ack, Task<CommitReceipt> Commit)>();
        for (ulong i = 0; i < count; i++)
        {
            sequence++;
            var step = KillSteps.At(seed, sequence);
            var durability = step.Kind switch
            {
                StepKind.CommitDurably => Durability.Durable,
                StepKind.CommitToLog when hasLog => Durability.Logged,
                _ => Durability.Buffered,
            };

            // Some by this thread itself, log and all; nobody else is in between, and what waits is acknowledged by the same sync.
            waiting.Enqueue((AckOf(durability), sequence % 3 == 0
                ? Task.FromResult(store.Commit(step.Batch(), step.Version, durability))
                : store.CommitAsync(step.Batch(), step.Version, durability).AsTask()));
            if (store.GetStatistics().PublishedSequence != sequence)
            {
                // It waits for the persistent tier, or for room: the next one must not overtake it.
                await TellAsync(waiting, sequence, downTo: 0);
            }

            await TellAsync(waiting, sequence, MostWaiting);
        }

        await TellAsync(waiting, sequence, downTo: 0);
        await store.DisposeAsync();
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"d {sequence}"));
    }

    private static string AckOf(Durability durability) => durability switch
    {
        Durability.Durable => "d",
        Durability.Logged => "l",
        _ => "v",
    };

    private static async Task TellAsync(Queue<(string Ack, Task<CommitReceipt> Commit)> waiting, ulong last, int downTo)
    {
        while (waiting.Count > downTo)
        {
            var expected = last - (ulong)waiting.Count + 1;
            var (ack, commit) = waiting.Dequeue();
            var receipt = await commit;
            if (receipt.Sequence != expected)
            {
                throw new InvalidOperationException($"Publication {receipt.Sequence} where {expected} was due.");
            }

            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{ack} {receipt.Sequence}"));
        }
    }
}
