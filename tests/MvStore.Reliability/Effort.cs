using System.Diagnostics;
using System.Globalization;

namespace MvStore.Reliability;

/// <summary>
/// How much is tried: what fits into a minute, or with <c>MVSTORE_RELIABILITY=long</c> what fits into a night. With <c>MVSTORE_RELIABILITY_MINUTES</c> a test begins no more
/// of what it repeats once it took as long, and tells how far it came.
/// </summary>
internal static class Effort
{
    private static readonly int? OnlySeed = int.TryParse(
        Environment.GetEnvironmentVariable("MVSTORE_RELIABILITY_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed) ? seed : null;

    private static readonly double? Minutes = double.TryParse(
        Environment.GetEnvironmentVariable("MVSTORE_RELIABILITY_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) ? minutes : null;

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("MVSTORE_RELIABILITY") == "long";

    public static int Workers { get; } = Math.Clamp(Environment.ProcessorCount, 1, 16);

    public static int Of(int fast, int @long) => IsLong ? @long : fast;

    /// <summary>The seeds to try, as far as there is time for them, or the one that is to be replayed.</summary>
    public static IEnumerable<int> Seeds(int first, int fast, int @long)
    {
        var hasTime = Time();
        var seeds = OnlySeed is { } only ? [only] : Enumerable.Range(first, Of(fast, @long));
        return seeds.TakeWhile((_, i) => i == 0 || hasTime());
    }

    /// <summary>Whether there is time left for more, counted from now on.</summary>
    public static Func<bool> Time()
    {
        var begin = Stopwatch.GetTimestamp();
        return () => Minutes is not { } time || Stopwatch.GetElapsedTime(begin).TotalMinutes < time;
    }

    /// <summary>How to see a failure again.</summary>
    public static string Replay(int seed, string test)
        => $"MVSTORE_RELIABILITY_SEED={seed} dotnet test tests/MvStore.Reliability -c Release --filter {test}";
}
