using System.Diagnostics;
using MvStore.Workloads.Data;
using MvStore.Workloads.Engines;
using MvStore.Workloads.Measuring;
using MvStore.Workloads.Running;

namespace MvStore.Workloads;

/// <summary>
/// W17: W2 for minutes on a store whose memory holds a quarter of the rows, while it flushes, evicts and reclaims; against W2 without a
/// disk, just before in the same process. Five minutes at the default length of a run and number of keys, shorter with either, never longer.
/// </summary>
internal sealed class EnduranceWorkload()
    : Workload("W17", "commits of 4 sets for minutes, memory for a quarter of the rows", "commits", StoreShape.Fresh, EngineTraits.Budgeted)
{
    private const long BudgetShare = 4;
    private const int Seed = 1;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public override bool IsLong => true;

    public override IReadOnlyDictionary<string, double> Run(WorkloadContext context)
    {
        var rows = new LoadedRows(context.Keys, 1);
        var (memoryOnly, dataBytes) = RunInMemory(context, rows);
        var budget = dataBytes / BudgetShare;
        var before = ProcessMemory.Settled();

        var settings = new EngineSettings(context.NewDirectory(), KeepsHistory: false, MemoryBudget: budget);
        using var store = PreparedStore.Open(context.Descriptor, settings, rows);
        var commits = new LatencyHistogram();
        var memory = new MemoryHighMark((IMemoryAccounting)store.Engine, budget);
        context.Pauses.Restart();
        var begin = Stopwatch.GetTimestamp();
        var rates = ThreadedRun.Measure(
            LengthOf(context),
            () => new CommitBody(store, context.SeedOf(Seed), latencies: commits),
            () => new MemoryWatchBody(memory));
        var length = Stopwatch.GetElapsedTime(begin);
        var pauses = context.Pauses.Take();
        Verify(store, rows);
        var figures = new Dictionary<string, double>
        {
            [Metrics.Rate] = rates[0],
            [Metrics.MemoryOnlyRate] = memoryOnly,
            [Metrics.CommitRatio] = rates[0] / memoryOnly,
            [Metrics.RunTime] = length.TotalNanoseconds,
            [Metrics.CommitPercentile999] = commits.Percentile(0.999),
            [Metrics.LongestCommit] = commits.Longest,
            [Metrics.Budget] = budget,
            [Metrics.BudgetUse] = memory.Accounted / (double)budget,
            [Metrics.ProcessBudgetUse] = (memory.Resident - before) / (double)budget,
        };
        pauses.AddTo(figures);
        return figures;
    }

    private static (double Commits, long DataBytes) RunInMemory(WorkloadContext context, LoadedRows rows)
    {
        var descriptor = context.Descriptor.MemoryOnly
            ?? throw new InvalidOperationException($"{context.Descriptor.Name} does not say how it runs without a disk.");
        using var store = PreparedStore.Open(descriptor, new EngineSettings(context.NewDirectory(), KeepsHistory: false), rows);
        var dataBytes = ((IMemoryAccounting)store.Engine).AccountedBytes;
        ThreadedRun.Measure(context.Duration, () => new CommitBody(store, context.SeedOf(0)));
        return (ThreadedRun.Measure(context.Duration, () => new CommitBody(store, context.SeedOf(Seed))).Sum(), dataBytes);
    }

    private static TimeSpan LengthOf(WorkloadContext context)
    {
        var least = Math.Min(context.Duration.TotalSeconds, Longest.TotalSeconds);
        var share = context.Duration / RunSettings.Default.Duration * Math.Min(1, context.Keys / (double)RunSettings.DefaultKeys);
        return TimeSpan.FromSeconds(Math.Clamp(Longest.TotalSeconds * share, least, Longest.TotalSeconds));
    }

    // Updates leave each key there, with a whole value.
    private static void Verify(PreparedStore store, LoadedRows rows)
    {
        var reader = (IRangeReader)store.RentReader();
        var fold = new RowFold(long.MaxValue, isReverse: false);
        reader.Scan(RangeRequest.All(IWorkloadReader.Latest, isReverse: false), ref fold);
        store.ReturnReader(reader);
        WrongAnswerException.Require("rows after the updates", rows.Count, fold.Count);
        WrongAnswerException.Require("torn or misplaced rows after the updates", 0, fold.Wrong);
    }
}
