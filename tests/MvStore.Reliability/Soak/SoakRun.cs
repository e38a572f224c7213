using System.Diagnostics;

namespace MvStore.Reliability.Soak;

/// <summary>
/// A soak: one process lives throughout, and tells whether anything grows; beside it processes are killed at random, one with and one without a commit log by turns, and what they were told is
/// compared with what the next one finds. All of them have the same mixed load.
/// </summary>
internal sealed class SoakRun(string directory, int seed, TimeSpan whole, int rate, Action<string> log)
{
    private const int CheckedEvery = 2;
    private const int EmptiedEvery = 6;
    private const int LeastKills = 40; // so that also a slow machine sees something
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(1);

    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly SoakResult _result = new(seed, whole);

    private TimeSpan Time => Stopwatch.GetElapsedTime(_begin);

    /// <summary>Runs it.</summary>
    /// <exception cref="LossException">The promise is broken.</exception>
    public async Task<SoakResult> RunAsync()
    {
        using var failing = new CancellationTokenSource();
        await Task.WhenAll(UntilFailureAsync(LiveAsync(failing.Token), failing), UntilFailureAsync(KillAsync(failing.Token), failing));
        return _result;
    }

    private SoakSettings Store(string name, int storeSeed, bool hasLog)
        => new(Directory.CreateDirectory(Path.Combine(directory, name)).FullName, storeSeed, hasLog, rate);

    private static async Task UntilFailureAsync(Task task, CancellationTokenSource failing)
    {
        try
        {
            await task;
        }
        catch
        {
            await failing.CancelAsync();
            throw;
        }
    }

    private async Task LiveAsync(CancellationToken stop)
    {
        var settings = Store("lives", seed, hasLog: true);
        using var life = SoakLife.Begin(settings);
        await life.RunAsync(
            whole,
            isFromOpening: false,
            isKilled: false,
            stop,
            figures => _result.Samples.Add(new SoakSample(Time, figures, SoakFiles.Of(settings.Directory))));
        log($"{settings}: closed with {life.Receipts.Count} commits acknowledged in this life");
        var found = await new SoakCheck(settings).RunAsync(life.Receipts, hasEmptyMemory: true);
        log($"{settings}: {found} publications are there, as they were made");
    }

    private async Task KillAsync(CancellationToken stop)
    {
        var random = new Random(seed);
        SoakSettings[] stores = [Store("killed-with-log", seed + 1, hasLog: true), Store("killed", seed + 2, hasLog: false)];
        List<SoakReceipt>[] receipts = [[], []];
        for (var kill = 0; Time < whole || (kill < LeastKills && !_result.Deaths.Exists(d => d.Found > 0)); kill++)
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            var which = kill % stores.Length;
            await KillOnceAsync(stores[which], receipts[which], random, kill / stores.Length, stop);
        }

        for (var which = 0; which < stores.Length; which++)
        {
            var found = await new SoakCheck(stores[which]).RunAsync(receipts[which], hasEmptyMemory: true);
            log($"{stores[which]}: {found} publications are there, as they were made");
        }
    }

    // Every other time the next process opens what the killed one left, without anybody having looked at it before.
    private async Task KillOnceAsync(SoakSettings settings, List<SoakReceipt> receipts, Random random, int turn, CancellationToken stop)
    {
        var longest = whole / 6 < LongestLife ? whole / 6 : LongestLife;
        var time = ShortestLife * Math.Pow(longest / ShortestLife, random.NextDouble());
        using var life = SoakLife.Begin(settings);
        await life.RunAsync(time, isFromOpening: random.Next(4) != 0, isKilled: true, stop);
        if (life.FoundPublications is { } before)
        {
            SoakCheck.Receipts(receipts, before, (writer, commit) => commit <= life.FoundCommits[writer]);
            receipts.Clear();
            receipts.AddRange(life.Receipts);
        }

        _result.CheckedByKilled += life.Figures?.Checked ?? 0;
        var death = new SoakDeath(
            Time,
            settings.HasLog,
            time,
            life.OpeningTime,
            receipts.Where(r => r.Outlives).Select(r => r.Sequence).DefaultIfEmpty().Max(),
            receipts.Select(r => r.Sequence).DefaultIfEmpty().Max(),
            Found: null,
            SoakFiles.Of(settings.Directory));
        if (turn % CheckedEvery == 0)
        {
            death = death with { Found = await new SoakCheck(settings).RunAsync(receipts, hasEmptyMemory: turn % EmptiedEvery == 0) };
            receipts.Clear();
        }

        _result.Deaths.Add(death);
        log($"{settings}: lived {time.TotalSeconds:0.0} s, {death.Acknowledged} acknowledged, {death.Told} told{(death.Found is { } found ? $", {found} there" : "")}");
    }
}
