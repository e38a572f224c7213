using MvStore.Workloads.Measuring;

namespace MvStore.Workloads.Running;

/// <summary>All figures of a run.</summary>
public sealed class ResultSet
{
    private readonly Dictionary<(string Workload, string Engine, string Metric), Series> _series = [];
    private readonly List<Failure> _failures = [];

    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>A figure, or null if it was not measured.</summary>
    public Series? Find(string workload, string engine, string metric = Metrics.Rate)
        => HasFailed(workload, engine) ? null : _series.GetValueOrDefault((workload, engine, metric));

    /// <summary>The median of a figure, or null if it was not measured.</summary>
    public double? MedianOf(string workload, string engine, string metric = Metrics.Rate) => Find(workload, engine, metric)?.Median;

    /// <summary>All that was measured under a name.</summary>
    public IEnumerable<Series> AllOf(string metric) => _series.Where(s => s.Key.Metric == metric).Select(s => s.Value);

    /// <summary>The names of what was measured.</summary>
    public IEnumerable<string> MetricsOf(string workload, string engine)
        => _series.Keys.Where(k => k.Workload == workload && k.Engine == engine).Select(k => k.Metric);

    public void Add(string workload, string engine, IReadOnlyDictionary<string, double> figures)
    {
        foreach (var (metric, value) in figures)
        {
            var key = (workload, engine, metric);
            if (!_series.TryGetValue(key, out var series))
            {
                _series[key] = series = new Series();
            }

            series.Add(value);
        }
    }

    public void Add(Failure failure) => _failures.Add(failure);

    public bool HasFailed(string workload, string engine) => _failures.Any(f => f.Workload == workload && f.Engine == engine);
}
