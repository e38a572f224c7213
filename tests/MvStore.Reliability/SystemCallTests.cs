using System.Collections.Concurrent;
using System.Globalization;
using MvStore.Reliability.Kills;
using MvStore.Reliability.Storage;
using Xunit.Abstractions;

namespace MvStore.Reliability;

/// <summary>
/// The real file system instead of ours, so that ours is not fooling us: system calls of a process fail, or kill it, and the store is opened again. Nothing
/// acknowledged is lost (contract D3, D4).
/// </summary>
public sealed class SystemCallTests(ITestOutputHelper output)
{
    private const int Seed = 7_000;
    private const int Commits = 150;

    [StraceTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task D4_SystemCallsFailAndNothingAcknowledgedIsLost(bool hasLog)
    {
        (string Call, string Effect)[] kinds =
        [
            ("fsync,fdatasync", "error=EIO:when={0}"),
            ("fsync,fdatasync", "error=EIO:when={0}+"),
            ("pwrite64", "error=EIO:when={0}"),
            ("pwrite64", "error=ENOSPC:when={0}"),
            ("pwrite64", "signal=SIGKILL:when={0}"),
            ("fsync,fdatasync", "signal=SIGKILL:when={0}"),
        ];
        var cases = kinds.SelectMany(kind => Points(kind.Call).Select(at => (kind.Call, Effect: string.Format(CultureInfo.InvariantCulture, kind.Effect, at))));
        var reports = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = Effort.Workers }, async (kind, _) =>
            reports.Enqueue($"{kind.Call} {kind.Effect}: {await RunAsync(kind.Call, kind.Effect, hasLog)}"));
        foreach (var report in reports.Order(StringComparer.Ordinal))
        {
            output.WriteLine(report);
        }

        var first = reports.Where(r => !r.Contains("ENOSPC", StringComparison.Ordinal)
            && (r.Contains("when=1:", StringComparison.Ordinal) || r.Contains("when=1+:", StringComparison.Ordinal)));
        first.Should().HaveCount(5).And.NotContain(r => r.Contains("ended with 0", StringComparison.Ordinal), "the first call is always made");
    }

    // Each thread of the process is counted by itself, so only the first call is sure to be met; the later ones mostly meet commits.
    private static IEnumerable<int> Points(string call)
        => Effort.IsLong ? Enumerable.Range(1, 25).Select(i => call == "pwrite64" ? (i * 3) - 2 : i) : [1, call == "pwrite64" ? 30 : 4];

    private static async Task<string> RunAsync(string call, string effect, bool hasLog)
    {
        var directory = Folder.Create();
        using var victim = VictimProcess.Start(
            ["commit", directory, Seed.ToString(CultureInfo.InvariantCulture), hasLog.ToString(), Commits.ToString(CultureInfo.InvariantCulture)],
            Strace.Tracing(directory, call, effect));
        var exitCode = await victim.KillAfterAsync(int.MaxValue, 0);
        var isLoud = exitCode is Victim.Done or Victim.Stopped || effect.Contains("SIGKILL", StringComparison.Ordinal);
        isLoud.Should().BeTrue("{0} {1} ended with {2}: {3}", call, effect, exitCode, await victim.ErrorsAsync());
        await using var store = await KillStore.Quiet(directory, hasLog).OpenAsync();
        var published = await KillCheck.RunAsync(store, Seed, Math.Max(victim.Durable, victim.Logged));
        return $"ended with {exitCode}, {victim.Durable} publications durable, {victim.Logged} logged, {published} there";
    }
}
