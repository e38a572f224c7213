using System.Globalization;

namespace MvStore.Reliability;

/// <summary>How much is tried: what fits into a minute, or with <c>MVSTORE_RELIABILITY=long</c> what fits into a night.</summary>
internal static class Effort
{
    private static readonly int? OnlySeed = int.TryParse(
        Environment.GetEnvironmentVariable("MVSTORE_RELIABILITY_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seed) ? seed : null;

    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("MVSTORE_RELIABILITY") == "long";

    public static int Workers { get; } = Math.Clamp(Environment.ProcessorCount, 1, 16);

    public static int Of(int fast, int @long) => IsLong ? @long : fast;

    /// <summary>The seeds to try, or the one that is to be replayed.</summary>
    public static IEnumerable<int> Seeds(int first, int fast, int @long)
        => OnlySeed is { } only ? [only] : Enumerable.Range(first, Of(fast, @long));

    /// <summary>How to see a failure again.</summary>
    public static string Replay(int seed, string test)
        => $"MVSTORE_RELIABILITY_SEED={seed} dotnet test tests/MvStore.Reliability -c Release --filter {test}";
}
