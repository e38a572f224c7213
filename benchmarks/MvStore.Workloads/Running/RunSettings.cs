namespace MvStore.Workloads.Running;

/// <summary>How much to run.</summary>
/// <param name="Keys">How many keys.</param>
/// <param name="Runs">Measured runs of each workload and engine.</param>
/// <param name="Duration">The length of a run, where time is its limit.</param>
/// <param name="IsQuick">Whether this is a smoke run, whose figures mean nothing.</param>
public sealed record RunSettings(long Keys, int Runs, TimeSpan Duration, bool IsQuick)
{
    public const long DefaultKeys = 1_000_000;
    public const int DefaultRuns = 3;
    public const double DefaultSeconds = 0.5;

    /// <summary>Fewer rows would leave no hundred rows behind a key in the middle.</summary>
    public const long FewestKeys = 1_000;

    public const long MostKeys = 1L << 31;

    /// <summary>Times the rows for W16.</summary>
    public const int GrowthFactor = 10;

    private const double WarmUpShare = 0.6;

    public TimeSpan WarmUp => Duration * WarmUpShare;

    public static RunSettings Default { get; } = new(DefaultKeys, DefaultRuns, TimeSpan.FromSeconds(DefaultSeconds), IsQuick: false);

    public static RunSettings Quick { get; } = new(2_000, 1, TimeSpan.FromMilliseconds(50), IsQuick: true);
}
