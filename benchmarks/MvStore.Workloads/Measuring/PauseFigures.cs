namespace MvStore.Workloads.Measuring;

/// <summary>Pauses of the runtime's garbage collector.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="Longest">How long the longest was.</param>
/// <param name="Stopping">How much of the longest passed until all threads stood.</param>
public readonly record struct PauseFigures(int Count, TimeSpan Longest, TimeSpan Stopping)
{
    /// <summary>With one more.</summary>
    public PauseFigures With(TimeSpan pause, TimeSpan stopping)
        => pause > Longest ? new PauseFigures(Count + 1, pause, stopping) : this with { Count = Count + 1 };

    /// <summary>Puts them among the figures of a workload.</summary>
    public void AddTo(IDictionary<string, double> figures)
    {
        figures[Metrics.Pauses] = Count;
        figures[Metrics.LongestPauseMilliseconds] = Longest.TotalMilliseconds;
        figures[Metrics.StoppingMilliseconds] = Stopping.TotalMilliseconds;
    }
}
