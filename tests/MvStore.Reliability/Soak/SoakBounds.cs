using System.Globalization;

namespace MvStore.Reliability.Soak;

/// <summary>What is asked of a soak: the process that lives throughout does not grow, and the stores that are killed leave no more behind each time.</summary>
internal static class SoakBounds
{
    private const double MostGrowth = 0.01; // an hour
    private const int MoreHandles = 6;
    private const double MoreDisk = 1.25;
    private static readonly TimeSpan LeastSpan = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromHours(1);

    /// <summary>How long a soak warms up: a quarter of it, an hour at most.</summary>
    public static TimeSpan WarmUp(TimeSpan whole) => whole / 4 < LongestWarmUp ? whole / 4 : LongestWarmUp;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SoakBound> Of(SoakResult result)
    {
        var warm = result.Warm;
        return
        [
            Growth("memory of the process", warm, s => s.Figures.Resident),
            Growth("managed heap", warm, s => s.Figures.Managed),
            Growth("memory that is not the runtime's", warm, s => s.Figures.Native),
            FileGrowth(warm),
            Size("memory that the store counts", result.Samples.Max(s => s.Figures.StoreMemory), SoakStore.HardLimit + (SoakStore.HardLimit / 8)),
            Size("SQLite's log", LargestOf(result, f => f.WriteAheadLog), 16 * SoakStore.CheckpointBytes * 5 / 4),
            Size("commit log", LargestOf(result, f => f.CommitLog), SoakStore.MostLogBytes + SoakStore.SegmentBytes),
            Flat("handles", warm, s => s.Figures.Handles, MoreHandles),
            Flat("threads", warm, s => s.Figures.Threads, MoreHandles),
            Flat("files", warm, s => s.Files.Count, MoreHandles),
            LeftBehind(result, hasLog: false),
            LeftBehind(result, hasLog: true),
        ];
    }

    /// <summary>A size as a reader likes it.</summary>
    public static string Bytes(double bytes) => (bytes / (1024 * 1024)).ToString("0.0", CultureInfo.InvariantCulture) + " MiB";

    private static SoakBound Growth(string name, IReadOnlyList<SoakSample> warm, Func<SoakSample, double> figure)
    {
        var trend = SoakTrend.Of(warm, figure);
        bool? isKept = trend is null || trend.Span < LeastSpan ? null : trend.AtLeast <= MostGrowth;
        return new SoakBound(name, trend is null ? "too few samples" : $"{Bytes(trend.Mean)}, {trend}", "+1 % an hour", isKept);
    }

    private static SoakBound Size(string name, long most, long limit) => new(name, Bytes(most), Bytes(limit), most <= limit);

    private static SoakBound Flat(string name, IReadOnlyList<SoakSample> warm, Func<SoakSample, long> figure, int more)
    {
        if (warm.Count < 8)
        {
            return new SoakBound(name, "too few samples", "flat", null);
        }

        var (early, late) = (warm.Take(warm.Count / 4).Max(figure), warm.Skip(warm.Count * 3 / 4).Max(figure));
        bool? isKept = warm[^1].Time - warm[0].Time < LeastSpan ? null : late <= early + more;
        return new SoakBound(name, $"at most {early} in the first quarter, {late} in the last", $"{more} more", isKept);
    }

    // Its size swings with what waits to be reclaimed, and with what the machine does besides: a line through that says little.
    private static SoakBound FileGrowth(IReadOnlyList<SoakSample> warm)
    {
        if (warm.Count < 8 || warm[^1].Time - warm[0].Time < LeastSpan)
        {
            return new SoakBound("SQLite's file", "too few samples", "a quarter more in the last quarter", null);
        }

        var (early, late) = (warm.Take(warm.Count / 4).Max(s => s.Files.Database), warm.Skip(warm.Count * 3 / 4).Max(s => s.Files.Database));
        return new SoakBound("SQLite's file", $"at most {Bytes(early)} in the first quarter, {Bytes(late)} in the last", "a quarter more in the last quarter", late <= MoreDisk * early);
    }

    private static SoakBound LeftBehind(SoakResult result, bool hasLog)
    {
        var sizes = result.Deaths.Where(d => d.HasLog == hasLog).Select(d => d.Files.Database + d.Files.WriteAheadLog + d.Files.CommitLog).ToArray();
        var name = $"disk after a kill, {(hasLog ? "with a log" : "without")}";
        if (result.Whole < LeastSpan || sizes.Length < 40)
        {
            return new SoakBound(name, $"{sizes.Length} kills, at most {Bytes(sizes.DefaultIfEmpty().Max())}", "a quarter more in the second half", null);
        }

        var (early, late) = (sizes.Skip(sizes.Length / 4).Take(sizes.Length / 4).Max(), sizes.Skip(sizes.Length / 2).Max());
        return new SoakBound(
            name, $"at most {Bytes(early)} in the second quarter, {Bytes(late)} in the second half", "a quarter more in the second half", late <= MoreDisk * early);
    }

    private static long LargestOf(SoakResult result, Func<SoakFiles, long> figure)
        => result.Samples.Select(s => figure(s.Files)).Concat(result.Deaths.Select(d => figure(d.Files))).DefaultIfEmpty().Max();
}
