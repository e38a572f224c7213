namespace MvStore.Workloads.Running;

/// <summary>What came of a request.</summary>
/// <param name="Request">The request.</param>
/// <param name="Results">The figures.</param>
/// <param name="Grown">The figures on ten times the rows, if they were asked for.</param>
public sealed record RunOutcome(RunRequest Request, ResultSet Results, ResultSet? Grown)
{
    public IEnumerable<Failure> Failures => Results.Failures.Concat(Grown?.Failures ?? []);
}
